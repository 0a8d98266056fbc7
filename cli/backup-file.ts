import { readFileSync, writeFileSync } from "node:fs";
import { readBackup } from "./backup-contents";
import { asPart } from "./part-file";
import { seal, unseal } from "./sealed-file";

/**
 * Seals a backup into a file, which appears under its name only when it was read back and holds what was written.
 * @returns its size in bytes.
 */
export async function writeBackup(file: string, content: Buffer, passphrase: string): Promise<number> {
  const sealed = await seal(content, passphrase);
  return asPart(file, async (part, open) => {
    writeFileSync(open, sealed);
    const written = readFileSync(part);
    await readBackup(await unseal(written, passphrase, part), part);
    return written.length;
  });
}
