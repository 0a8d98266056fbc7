import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { findOnPath, isExecutable } from "./executables";
import { cachedBinFolder, projectRoot } from "./paths";
import { findPulumi } from "./pulumi-cli";
import type { Step } from "./step";

const NAME = "pulumi-language-nodejs";
const SOURCES = path.join(projectRoot, "tools", "language-host");

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
      return isExecutable(file) && readFileSync(file, "utf8").endsWith(footer(sourcesDigest()))
        ? "ours"
        : undefined;
    },
    async make() {
      await installLanguageHost(file);
      return `installed ours in ${path.dirname(file)}, as the official one is absent`;
    },
  };
}

/** Bundles the host of tools/language-host into one executable file. */
export async function installLanguageHost(file: string): Promise<void> {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [path.join(SOURCES, "main.ts")],
    bundle: true,
    platform: "node",
    target: "node20",
    write: false,
    footer: { js: footer(sourcesDigest()).trim() },
  });
  mkdirSync(path.dirname(file), { recursive: true });
  // Renamed into place: an engine may be starting the old one at this moment.
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, outputFiles[0].contents, { mode: 0o755 });
  renameSync(unfinished, file);
}

function footer(digest: string): string {
  return `// ${digest}\n`;
}

/** Changes with everything that goes into the bundle: our sources, the SDK's stubs, the bundler. */
function sourcesDigest(): string {
  const digest = createHash("sha256");
  const npmRequire = createRequire(path.join(projectRoot, "package.json"));
  for (const name of ["@pulumi/pulumi", "esbuild"]) {
    digest.update(readFileSync(npmRequire.resolve(`${name}/package.json`)));
  }
  for (const name of readdirSync(SOURCES).sort()) digest.update(readFileSync(path.join(SOURCES, name)));
  return digest.digest("hex");
}
