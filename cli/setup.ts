import { commandLine } from "../tools/setup/arguments";
import { exportLine } from "../tools/setup/environment";
import { setup } from "../tools/setup/setup";
import { reportFailure } from "../tools/setup/failure";

async function main(): Promise<void> {
  commandLine(
    "setup",
    "Makes the machine ready: Pulumi CLI, language host, Docker Engine, base image, state. Prints what a shell has to set.",
  ).parse();
  await setup();
  const line = exportLine();
  if (!line) return;
  console.error("\nFor `pulumi` typed by hand in this folder:");
  // Alone on stdout, so that `eval "$(npm run --silent setup)"` works.
  console.log(line);
}

main().catch(reportFailure);
