import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import * as path from "node:path";
import { command, Interrupted } from "./command";
import { findOnPath, isExecutable, isNpmBin } from "./executables";
import { BUILT_PULUMI_VERSION, cachedBinFolder, projectRoot, pulumiHome } from "./paths";
import { buildPulumi } from "./pulumi-cli-build";
import { SetupError, type Progress, type Step } from "./step";
import { atLeast } from "./versions";

/** The oldest CLI that finds a provider by its path in Pulumi.yaml and speaks all we use. */
export const OLDEST_PULUMI_VERSION = "3.200.0";

/** A download that delivers nothing for so long is given up. */
const DOWNLOAD_SILENCE_MS = 20_000;
const DOWNLOAD_TIMEOUT_MS = 10 * 60_000;

export interface PulumiCli {
  file: string;
  version: string;
  /** `path`: the user's own; `release`: downloaded by the npm package; `built`: from source, in our cache. */
  origin: "path" | "release" | "built";
}

/** The CLI that all commands of this project use, or undefined when there is none yet. */
export function findPulumi(env: NodeJS.ProcessEnv): PulumiCli | undefined {
  return [onPath, released, built].map((find) => find(env)).find((cli) => cli !== undefined);
}

export function pulumiCliStep(env: NodeJS.ProcessEnv): Step {
  return {
    name: "Pulumi CLI",
    remedy: `install the Pulumi CLI ${OLDEST_PULUMI_VERSION} or newer so that \`pulumi\` is on PATH, and repeat.`,
    async check() {
      const cli = findPulumi(env);
      return cli && `${cli.version} ${cli.origin === "path" ? `at ${cli.file}` : `(${cli.origin})`}`;
    },
    async make(progress) {
      const version = releaseVersion(env);
      try {
        progress(`downloading ${version}`);
        await download(env, progress);
        return `downloaded ${version}`;
      } catch (downloadError) {
        if (downloadError instanceof Interrupted) throw downloadError;
        progress(`no download; building ${BUILT_PULUMI_VERSION} from source`);
        try {
          await buildPulumi(env, progress);
        } catch (buildError) {
          if (buildError instanceof Interrupted) throw buildError;
          throw bothFailed(downloadError as Error, buildError as Error);
        }
        return `built ${BUILT_PULUMI_VERSION} from source, as the release cannot be downloaded`;
      }
    },
  };
}

function onPath(env: NodeJS.ProcessEnv): PulumiCli | undefined {
  const file = findOnPath("pulumi", env, (folder) => isNpmBin(folder) || folder === cachedBinFolder(env));
  if (!file) return undefined;
  const answer = spawnSync(file, ["version"], {
    encoding: "utf8",
    env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    timeout: 20_000,
  });
  const version = answer.stdout?.trim().replace(/^v/, "");
  return version && atLeast(version, OLDEST_PULUMI_VERSION) ? { file, version, origin: "path" } : undefined;
}

function released(env: NodeJS.ProcessEnv): PulumiCli | undefined {
  const version = releaseVersion(env);
  const file = path.join(pulumiHome(env), "versions", version, "bin", "pulumi");
  // The host is installed last: without it the download was interrupted.
  return [file, `${file}-language-nodejs`].every(isExecutable)
    ? { file, version, origin: "release" }
    : undefined;
}

function built(env: NodeJS.ProcessEnv): PulumiCli | undefined {
  const file = path.join(cachedBinFolder(env), "pulumi");
  return isExecutable(file) ? { file, version: BUILT_PULUMI_VERSION, origin: "built" } : undefined;
}

/** The version that the npm package `pulumi` provides. */
function releaseVersion(env: NodeJS.ProcessEnv): string {
  const { version } = npmRequire("pulumi/package.json") as { version: string };
  return env.PULUMI_VERSION || version;
}

async function download(env: NodeJS.ProcessEnv, progress: Progress): Promise<void> {
  await command(process.execPath, [npmRequire.resolve("pulumi/run.js"), "version"], {
    env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    silenceMs: DOWNLOAD_SILENCE_MS,
    timeoutMs: DOWNLOAD_TIMEOUT_MS,
    onLine: (line) => progress(`downloading: ${line}`),
  });
  if (!released(env)) throw new Error("the npm package `pulumi` reported success but installed no CLI");
}

function bothFailed(download: Error, build: Error): SetupError {
  return new SetupError(
    `the release cannot be downloaded and the CLI cannot be built.\n  ${download.message}\n  ${build.message}`,
    build instanceof SetupError ? build.remedy : undefined,
  );
}

const npmRequire = createRequire(path.join(projectRoot, "package.json"));
