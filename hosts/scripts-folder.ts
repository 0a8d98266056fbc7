import { existsSync } from "node:fs";
import path from "node:path";

/** Where the scripts lie: they are not compiled, so beside the sources and not in `dist`. */
export const scriptsFolder = findUp(__dirname);

function findUp(from: string): string {
  const folder = path.join(from, "hosts", "scripts");
  if (existsSync(folder)) return folder;
  const above = path.dirname(from);
  if (above === from) throw new Error("The folder hosts/scripts of this package is missing.");
  return findUp(above);
}
