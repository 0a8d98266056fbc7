import { randomBytes } from "node:crypto";
import { closeSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { readBackup } from "./backup-contents";
import { seal, unseal } from "./sealed-file";

/**
 * Seals a backup into a file, which appears under its name only when it was read back and holds what was written. Until
 * then it has a name that nobody could foresee, and is made exclusively: in a folder that others write to, a link of theirs
 * would be followed.
 * @returns its size in bytes.
 */
export async function writeBackup(file: string, content: Buffer, passphrase: string): Promise<number> {
  const sealed = await seal(content, passphrase);
  const part = `${file}.${randomBytes(6).toString("hex")}.part`;
  const made = openSync(part, "wx", 0o600);
  try {
    writeFileSync(made, sealed);
    const written = readFileSync(part);
    await readBackup(await unseal(written, passphrase, part), part);
    renameSync(part, file);
    return written.length;
  } finally {
    closeSync(made);
    rmSync(part, { force: true });
  }
}
