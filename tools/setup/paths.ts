import { existsSync } from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";

/** The folder of this project's package.json, from its sources as from their compiled form. */
export const projectRoot = findRoot(__dirname);

/** The release of the CLI that is downloaded. */
export const RELEASED_PULUMI_VERSION = "3.265.0";

/** The CLI that is built where no release can be downloaded; go.mod in tools/pulumi-cli names the same version. */
export const BUILT_PULUMI_VERSION = "3.250.0";

/** Where tools are kept for all checkouts of one user. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  if (env.PULUMI_SWARM_CACHE) return path.resolve(env.PULUMI_SWARM_CACHE);
  return path.join(env.XDG_CACHE_HOME || path.join(home(env), ".cache"), "pulumi-swarm");
}

/** Where the built CLI and the language host lie. */
export function cachedBinFolder(env: NodeJS.ProcessEnv): string {
  return path.join(cacheFolder(env), `pulumi-${BUILT_PULUMI_VERSION}`, "bin");
}

export function pulumiHome(env: NodeJS.ProcessEnv): string {
  return env.PULUMI_HOME || path.join(home(env), ".pulumi");
}

export function home(env: NodeJS.ProcessEnv): string {
  return env.HOME || homedir();
}

function findRoot(folder: string): string {
  return existsSync(path.join(folder, "package.json")) ? folder : findRoot(path.dirname(folder));
}
