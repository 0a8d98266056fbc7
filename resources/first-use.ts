import { keepAnswersOutOfDebugLines } from "./sdk-debug";
import { rememberStackTraces } from "./stack-traces";

// What it changes is the process, which runs one program.
// eslint-disable-next-line no-restricted-syntax
let used = false;

/** What a program gets of ours beside its resources; one that only imports the library, or parts of it, gets none of it. */
export function firstUse(): void {
  if (used) return;
  used = true;
  rememberStackTraces();
  keepAnswersOutOfDebugLines();
}
