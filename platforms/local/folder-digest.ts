import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";

/** Digest of every file below a folder, names and modes included; of a missing folder, a constant. */
export function folderDigest(folder: string): string {
  const hash = createHash("sha256");
  const add = (inside: string) => {
    for (const name of readdirSync(path.join(folder, inside)).sort()) {
      const entry = path.posix.join(inside, name);
      const file = path.join(folder, entry);
      const { mode } = statSync(file);
      if (statSync(file).isDirectory()) add(entry);
      else
        hash
          .update(`${entry}\0${mode & 0o111 ? "x" : "-"}\0`)
          .update(readFileSync(file))
          .update("\0");
    }
  };
  if (existsSync(folder)) add("");
  return hash.digest("hex");
}
