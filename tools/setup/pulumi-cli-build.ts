import { mkdirSync, renameSync, rmSync } from "node:fs";
import * as path from "node:path";
import { command } from "./command";
import { findOnPath } from "./executables";
import { BUILT_PULUMI_VERSION, cachedBinFolder, projectRoot } from "./paths";
import { SetupError, type Progress } from "./step";
import { atLeast } from "./versions";

const PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
/** The `go` line of tools/pulumi-cli/go.mod. */
const NEEDED_GO = "1.25.11";
/** Since then an older Go fetches the toolchain that go.mod asks for. */
const FIRST_GO_WITH_TOOLCHAINS = "1.21";

/** Builds the CLI from its Go module into the cache. About three minutes on two cores, once per user. */
export async function buildPulumi(env: NodeJS.ProcessEnv, progress: Progress): Promise<void> {
  const go = await usableGo(env);
  const folder = cachedBinFolder(env);
  mkdirSync(folder, { recursive: true });
  // Under a name of its own until it is whole: a build that is killed, or another one beside it, leaves no broken CLI.
  const unfinished = path.join(folder, `.pulumi-${process.pid}`);
  const setVersion = `-X ${VERSION_VARIABLE}=v${BUILT_PULUMI_VERSION}`;
  let compiled = 0;
  try {
    await command(go, ["build", "-v", "-o", unfinished, "-ldflags", `-s -w ${setVersion}`, PACKAGE], {
      cwd: path.join(projectRoot, "tools", "pulumi-cli"),
      env,
      onLine: (line) => progress(goProgress(line, () => ++compiled)),
    });
    renameSync(unfinished, path.join(folder, "pulumi"));
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function goProgress(line: string, count: () => number): string {
  if (line.startsWith("go: ")) return `building ${BUILT_PULUMI_VERSION} from source: ${line.slice(4)}`;
  return `building ${BUILT_PULUMI_VERSION} from source: ${count()} packages compiled`;
}

async function usableGo(env: NodeJS.ProcessEnv): Promise<string> {
  const installed = { ...env, PATH: `${env.PATH ?? ""}${path.delimiter}/usr/local/go/bin` };
  const go = findOnPath("go", installed);
  const remedy = `install Go ${NEEDED_GO} or newer, or the Pulumi CLI itself, and repeat.`;
  if (!go) throw new SetupError("building it needs Go, and there is no `go` on PATH.", remedy);
  const [version, toolchain] = (await command(go, ["env", "GOVERSION", "GOTOOLCHAIN"], { env }))
    .trim()
    .split("\n");
  const number = version.replace(/^go/, "");
  const fetchesNewer = toolchain !== "local" && atLeast(number, FIRST_GO_WITH_TOOLCHAINS);
  if (!atLeast(number, NEEDED_GO) && !fetchesNewer) {
    throw new SetupError(`building it needs Go ${NEEDED_GO} or newer, and ${go} is ${number}.`, remedy);
  }
  return go;
}
