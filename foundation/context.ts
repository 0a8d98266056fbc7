import type { InRun } from "./session";

/** What a step that waits is given by whoever runs it. */
export interface Waiting extends InRun {
  /** Aborted when the user cancels: every wait obeys it. */
  readonly signal: AbortSignal;
  /** Shows how far it is: at the resource in Pulumi's display, or as a line of the command. */
  progress(text: string): void;
  /** Milliseconds, where the user gave them (`customTimeouts`). @default each step's own */
  timeoutMs?: number;
}

/** What a step is given beside its values: the same for a resource of the provider, a command and a test. */
export interface Context extends Waiting {
  /** Texts among its values that the program calls secret. @default none */
  secretTexts?: ReadonlySet<string>;
  /** Shows a line that stays after the operation. */
  info(text: string): void;
  /** Shows a warning that stays after the operation. */
  warn(text: string): void;
}

/** The same for a step of one node, where there are many: what it shows begins with the node's name. */
export function contextOf(node: string, context: Context): Context {
  return { ...context, progress: (text) => context.progress(`${node}: ${text}`) };
}

/** Waits shorter than this are not worth a line of progress. */
const QUIET_MS = 2_000;

/** Shows why a wait goes on once it has lasted long enough to notice. */
export function showPending(waiting: Waiting, what: string) {
  return (reason: string, elapsedMs: number) => {
    if (elapsedMs >= QUIET_MS) waiting.progress(`${what}: ${reason} (${Math.round(elapsedMs / 1000)} s)`);
  };
}

/** Progress as lines: the same but for its seconds is said once. */
export function saidOnce(progress: (text: string) => void): (text: string) => void {
  let last = "";
  return (text) => {
    const said = text.replace(/ \(\d+ s\)$/, "");
    if (said !== last) progress(said);
    last = said;
  };
}
