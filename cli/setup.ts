import { exportLine } from "../tools/setup/environment";
import { setup } from "../tools/setup/setup";
import { reportFailure } from "../tools/setup/failure";

async function main(): Promise<void> {
  await setup();
  const line = exportLine();
  if (!line) return;
  console.error("\nFor `pulumi` typed by hand in this folder:");
  // Alone on stdout, so that `eval "$(npm run --silent setup)"` works.
  console.log(line);
}

main().catch(reportFailure);
