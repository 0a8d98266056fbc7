import { randomBytes } from "node:crypto";
import { closeSync, existsSync, openSync, renameSync, rmSync } from "node:fs";
import path from "node:path";

/**
 * Writes a file that appears under its name only when it is whole. Until then it has a name that nobody could foresee, and is
 * made exclusively: in a folder that others write to, a link of theirs would be followed. Only its user can read it.
 *
 * @param write - told the name for now, and the open file, which it leaves open
 */
export async function asPart<T>(file: string, write: (part: string, open: number) => Promise<T>): Promise<T> {
  const part = `${file}.${randomBytes(6).toString("hex")}.part`;
  const made = openSync(part, "wx", 0o600);
  try {
    const result = await write(part, made);
    renameSync(part, file);
    return result;
  } finally {
    closeSync(made);
    rmSync(part, { force: true });
  }
}

/** Refuses a backup's file before anything is done for it. */
export function refuseFile(file: string, force: boolean): void {
  if (existsSync(file) && !force) {
    throw new Error(
      `${file} is there already and was left as it is. Choose another name, or overwrite it: --force`,
    );
  }
  const folder = path.dirname(path.resolve(file));
  if (!existsSync(folder)) throw new Error(`There is no folder ${folder} for the backup. Make it first.`);
}
