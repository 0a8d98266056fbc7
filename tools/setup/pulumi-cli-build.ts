import { mkdirSync, renameSync, rmSync } from "node:fs";
import * as path from "node:path";
import { command } from "./run-command";
import { usableGo } from "./go";
import { BUILT_PULUMI_VERSION, cachedBinFolder, projectRoot } from "./paths";
import type { Progress } from "./step";

const PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
/** The `go` line of tools/pulumi-cli/go.mod. */
const NEEDED_GO = "1.25.11";

/** Builds the CLI from its Go module into the cache. About three minutes on two cores, once per user. */
export async function buildPulumi(env: NodeJS.ProcessEnv, progress: Progress): Promise<void> {
  const go = await usableGo(env, NEEDED_GO, "the Pulumi CLI itself");
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
