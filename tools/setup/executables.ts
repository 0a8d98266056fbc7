import { accessSync, constants, statSync } from "node:fs";
import * as path from "node:path";

/** The first executable file of this name on PATH; folders that `skip` accepts are left out. */
export function findOnPath(
  name: string,
  env: NodeJS.ProcessEnv,
  skip: (folder: string) => boolean = () => false,
): string | undefined {
  return (env.PATH ?? "")
    .split(path.delimiter)
    .filter((folder) => folder && !skip(folder))
    .map((folder) => path.join(folder, name))
    .find(isExecutable);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    const stat = statSync(file);
    return stat.isFile() && stat.size > 0;
  } catch {
    return false;
  }
}

/** npm puts these in front of PATH; what lies there are the wrappers of packages. */
export function isNpmBin(folder: string): boolean {
  return /[\\/]node_modules[\\/]\.bin[\\/]?$/.test(folder);
}
