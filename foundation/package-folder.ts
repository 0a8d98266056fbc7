import { existsSync } from "node:fs";
import * as path from "node:path";

/** The folder of this package, from its sources as from `dist`: what is not compiled lies there (scripts, Dockerfiles). */
export const packageFolder = above(__dirname);

function above(folder: string): string {
  return existsSync(path.join(folder, "package.json")) ? folder : above(path.dirname(folder));
}
