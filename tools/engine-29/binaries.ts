import { mkdirSync, renameSync, rmSync } from "node:fs";
import * as path from "node:path";
import { command, CommandFailed } from "../setup/run-command";
import { aptInstall, canInstallDocker } from "../setup/docker-install";
import { isExecutable } from "../setup/executables";
import { usableGo } from "../setup/go";
import { cacheFolder, projectRoot } from "../setup/paths";
import { SetupError, type Progress, type Step } from "../setup/step";

/** The `require` lines of go.mod beside this file name the same versions. */
const MOBY_VERSION = "2.0.0-beta.24";
const RUNC_VERSION = "1.3.4";
/** The `go` line of go.mod. */
const NEEDED_GO = "1.26.3";
const SYSTEM_PACKAGES = ["gcc", "libc6-dev", "pkg-config", "libseccomp-dev"];

/** What the engine says it is. The module has numbers of its own, so 29 is said beside them. */
export const ENGINE_VERSION = `29+moby${MOBY_VERSION}`;

interface Program {
  file: string;
  package: string;
  ldflags: string;
  tags?: string;
  cgo?: boolean;
}

const PROGRAMS: Program[] = [
  {
    file: "dockerd",
    package: "github.com/moby/moby/v2/cmd/dockerd",
    ldflags: `-X github.com/moby/moby/v2/dockerversion.Version=${ENGINE_VERSION}`,
  },
  { file: "docker-proxy", package: "github.com/moby/moby/v2/cmd/docker-proxy", ldflags: "" },
  {
    file: "runc",
    package: "github.com/opencontainers/runc",
    // Static: the image's libraries may be older than those of the machine that builds.
    ldflags: `-linkmode external -extldflags -static -X main.version=${RUNC_VERSION}`,
    tags: "seccomp,netgo,osusergo",
    cgo: true,
  },
];

/** Where the built programs are kept for all checkouts of one user. */
export function binariesFolder(env: NodeJS.ProcessEnv): string {
  return path.join(cacheFolder(env), `engine-${MOBY_VERSION}-runc-${RUNC_VERSION}`);
}

/** Builds dockerd, docker-proxy and runc from their Go modules. About five minutes on two cores, once per user. */
export function binariesStep(env: NodeJS.ProcessEnv): Step {
  const folder = binariesFolder(env);
  const missing = (): Program[] => PROGRAMS.filter(({ file }) => !isExecutable(path.join(folder, file)));
  return {
    name: "Engine 29",
    remedy: "see that Go modules can be fetched (`go env GOPROXY`), and repeat.",
    check: async () => (missing().length === 0 ? ENGINE_VERSION : undefined),
    async make(progress) {
      const go = await usableGo(env, NEEDED_GO);
      mkdirSync(folder, { recursive: true });
      for (const program of missing()) {
        if (program.cgo) await needLibraries(env, progress);
        await build(go, program, folder, env, progress);
      }
      return `built ${ENGINE_VERSION} from source`;
    },
  };
}

async function build(
  go: string,
  program: Program,
  folder: string,
  env: NodeJS.ProcessEnv,
  progress: Progress,
): Promise<void> {
  // Under a name of its own until it is whole: a build that is killed leaves no broken program.
  const unfinished = path.join(folder, `.${program.file}-${process.pid}`);
  const tags = program.tags ? ["-tags", program.tags] : [];
  const ldflags = ["-ldflags", `-s -w ${program.ldflags}`];
  let compiled = 0;
  try {
    // Others may use the machine: two packages at a time, and after everybody else.
    await command(
      "nice",
      [go, "build", "-v", "-p", "2", ...tags, ...ldflags, "-o", unfinished, program.package],
      {
        cwd: path.join(projectRoot, "tools", "engine-29"),
        env: { ...env, CGO_ENABLED: program.cgo ? "1" : "0" },
        onLine: () => progress(`building ${program.file}: ${++compiled} packages`),
      },
    );
    renameSync(unfinished, path.join(folder, program.file));
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** runc calls libseccomp, which is C. */
async function needLibraries(env: NodeJS.ProcessEnv, progress: Progress): Promise<void> {
  try {
    await command("pkg-config", ["--exists", "libseccomp"], { env });
    await command("gcc", ["--version"], { env });
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    if (canInstallDocker()) {
      throw new SetupError(
        "building runc needs a C compiler and libseccomp's headers.",
        `install ${SYSTEM_PACKAGES.join(", ")}, and repeat.`,
      );
    }
    await aptInstall(SYSTEM_PACKAGES, progress);
  }
}
