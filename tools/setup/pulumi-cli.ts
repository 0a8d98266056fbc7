import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { Interrupted } from "./run-command";
import { findOnPath, isExecutable, isNpmBin } from "./executables";
import { BUILT_PULUMI_VERSION, cachedBinFolder } from "./paths";
import { buildPulumi } from "./pulumi-cli-build";
import { installRelease, isRelease, releaseFolder, releaseVersion } from "./pulumi-release";
import { SetupError, type Step } from "./step";
import { atLeast } from "./versions";

/** The oldest CLI that finds a provider by its path in Pulumi.yaml and speaks all we use. */
export const OLDEST_PULUMI_VERSION = "3.200.0";

export interface PulumiCli {
  file: string;
  version: string;
  /** `path`: the user's own; `release`: downloaded by setup; `built`: from source, in our cache. */
  origin: "path" | "release" | "built";
}

/** The CLI that all commands of this project use, or undefined when there is none yet. */
export function findPulumi(env: NodeJS.ProcessEnv): PulumiCli | undefined {
  return onPath(env) ?? released(env) ?? built(env);
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
        await installRelease(env, progress);
        return `downloaded ${version}`;
      } catch (downloadError) {
        // What is not what was published is no reason to try something else.
        if (downloadError instanceof Interrupted || downloadError instanceof SetupError) throw downloadError;
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
  const folder = releaseFolder(env);
  // The language host belongs to it: without it a download of the CLI's npm package was interrupted.
  return isRelease(folder)
    ? { file: path.join(folder, "bin", "pulumi"), version: releaseVersion(env), origin: "release" }
    : undefined;
}

function built(env: NodeJS.ProcessEnv): PulumiCli | undefined {
  const file = path.join(cachedBinFolder(env), "pulumi");
  return isExecutable(file) ? { file, version: BUILT_PULUMI_VERSION, origin: "built" } : undefined;
}

function bothFailed(download: Error, build: Error): SetupError {
  return new SetupError(
    `the release cannot be downloaded and the CLI cannot be built.\n  ${download.message}\n  ${build.message}`,
    build instanceof SetupError ? build.remedy : undefined,
  );
}
