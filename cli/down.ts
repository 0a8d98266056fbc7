import { existsSync } from "node:fs";
import { commandLine, stackArguments } from "../tools/setup/stack-arguments";
import { CommandFailed } from "../tools/setup/run-command";
import { toolsEnvironment } from "../tools/setup/environment";
import { reportFailure } from "../tools/setup/report-failure";
import { projectRoot } from "../tools/setup/paths";
import { refuseUnknownOptions } from "../tools/setup/pulumi-options";
import { askPulumi, runPulumi, type PulumiRun } from "../tools/setup/pulumi-run";
import { setupForDestroy } from "../tools/setup/setup";
import { keepStackFile } from "../tools/setup/stack-file";
import { removeDeadLocks } from "../tools/setup/stack-lock";
import { stateBackend } from "../tools/setup/state";

const program = commandLine(
  "npm run down --",
  "Removes the cluster, and its stack when nothing is left in it. Other options go to `pulumi destroy`: --target URN.",
);

/** `npm run down`: `pulumi destroy`, then the empty stack itself. Says so when there is nothing to remove. */
async function main(): Promise<void> {
  const { stack, rest } = stackArguments(program, process.argv.slice(2));
  const backend = stateBackend(projectRoot, process.env);
  if (backend.kind === "project" && !existsSync(backend.folder)) return nothingToRemove(stack);
  await setupForDestroy();
  const run = { cwd: projectRoot, env: toolsEnvironment() };
  await refuseUnknownOptions("destroy", rest, run);
  const restoreStackFile = keepStackFile(run.cwd, stack, run.env);
  try {
    if (!(await stackExists(stack, run))) return nothingToRemove(stack);
    await removeDeadLocks(stack, run);
    console.error();
    process.exitCode = await runPulumi(
      ["destroy", "--yes", "--skip-preview", "--stack", stack, ...rest],
      run,
    );
    if (process.exitCode === 0) await removeEmptyStack(stack, run);
  } finally {
    restoreStackFile();
  }
}

async function stackExists(stack: string, run: PulumiRun): Promise<boolean> {
  try {
    await askPulumi(["stack", "select", stack], run);
    return true;
  } catch (error) {
    if (error instanceof CommandFailed && error.output.includes("no stack named")) return false;
    throw error;
  }
}

/** A destroy of some resources only (`--target`) leaves a stack that still has the others. */
async function removeEmptyStack(stack: string, run: PulumiRun): Promise<void> {
  const state = await askPulumi(["stack", "export", "--stack", stack], run);
  const { deployment } = JSON.parse(state) as { deployment: { resources?: unknown[] } };
  const left = deployment.resources?.length ?? 0;
  if (left > 0) return console.log(`The stack ${stack} stays, as it still has ${left} resources.`);
  await askPulumi(["stack", "rm", stack, "--yes", "--preserve-config"], run);
  console.log(`Removed the stack ${stack}. Next: npm run up makes a new one.`);
}

function nothingToRemove(stack: string): void {
  console.log(`There is no stack ${stack}: nothing to remove.`);
}

main().catch(reportFailure);
