import { readFileSync } from "node:fs";

/** What a file of this machine holds; nothing where there is none, or it cannot be read. */
export function readIfFile(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
