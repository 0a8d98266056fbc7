import { mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { findOnPath, isExecutable } from "./executables";
import { cachedBinFolder, projectRoot } from "./paths";
import { findPulumi } from "./pulumi-cli";
import type { Step } from "./step";

const NAME = "pulumi-language-nodejs";
/** Made of tools/language-host by tools/build.js: one file, without anything that it would have to find. */
const BUNDLE = path.join(projectRoot, "dist", "tools", NAME);

/** The official host, beside the CLI or on PATH. */
export function officialLanguageHost(env: NodeJS.ProcessEnv): string | undefined {
  const ours = cachedBinFolder(env);
  const cli = findPulumi(env)?.file;
  const besideCli = cli ? [path.dirname(cli), path.dirname(realpathSync(cli))] : [];
  const candidates = besideCli.filter((folder) => folder !== ours).map((folder) => path.join(folder, NAME));
  return candidates.find(isExecutable) ?? findOnPath(NAME, env, (folder) => folder === ours);
}

export function languageHostStep(env: NodeJS.ProcessEnv): Step {
  const file = path.join(cachedBinFolder(env), NAME);
  return {
    name: "Language host",
    remedy: "run `npm ci` again; or install the official Pulumi CLI, which brings its own language host.",
    async check() {
      const official = officialLanguageHost(env);
      if (official) return `the official one at ${official}`;
      return isExecutable(file) && readFileSync(file).equals(readFileSync(BUNDLE)) ? "ours" : undefined;
    },
    async make() {
      installLanguageHost(file);
      return `installed ours in ${path.dirname(file)}, as the official one is absent`;
    },
  };
}

/** Puts the host in its place, where the Pulumi CLI finds it. */
export function installLanguageHost(file: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  // Renamed into place: an engine may be starting the old one at this moment.
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, readFileSync(BUNDLE), { mode: 0o755 });
  renameSync(unfinished, file);
}
