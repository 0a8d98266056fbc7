import { commandLine, stackArguments } from "../tools/setup/stack-arguments";
import { toolsEnvironment } from "../tools/setup/environment";
import { reportFailure } from "../tools/setup/report-failure";
import { projectRoot } from "../tools/setup/paths";
import { refuseUnknownOptions } from "../tools/setup/pulumi-options";
import { askPulumi, runPulumi } from "../tools/setup/pulumi-run";
import { setup } from "../tools/setup/setup";
import { keepStackFile } from "../tools/setup/stack-file";
import { removeDeadLocks } from "../tools/setup/stack-lock";
import { showStatus } from "./status";

const program = commandLine(
  "npm run up --",
  "Makes the machine ready, then the cluster. Other options go to `pulumi up`: --refresh, --target URN, --replace URN.",
);

/** `npm run up`: makes the machine ready, then `pulumi up` in Pulumi's own display, then the state of the cluster. */
async function main(): Promise<void> {
  const { stack, rest } = stackArguments(program, process.argv.slice(2));
  await setup();
  const run = { cwd: projectRoot, env: toolsEnvironment() };
  await refuseUnknownOptions("up", rest, run);
  const restoreStackFile = keepStackFile(run.cwd, stack, run.env);
  try {
    await askPulumi(["stack", "select", stack, "--create"], run);
    await removeDeadLocks(stack, run);
    console.error();
    process.exitCode = await runPulumi(["up", "--yes", "--skip-preview", "--stack", stack, ...rest], run);
  } finally {
    restoreStackFile();
  }
  if (process.exitCode !== 0) return;
  await showStatus({ stack, ...run });
  const named = stack === "dev" ? "" : ` -- --stack ${stack}`;
  console.log(
    `\nNext: npm run swarm -- status, npm run swarm -- docker node ls; npm run down${named} removes it all.`,
  );
}

main().catch(reportFailure);
