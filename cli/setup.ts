import { commandLine } from "../tools/setup/arguments";
import { reportFailure } from "../tools/setup/failure";
import { projectRoot } from "../tools/setup/paths";
import { SETUP } from "./arguments";
import { setUp } from "./set-up";

/** `npm run setup`: as `pulumi-swarm setup`, for this checkout. */
async function main(): Promise<void> {
  commandLine("npm run setup --", SETUP).parse();
  await setUp(projectRoot);
}

main().catch(reportFailure);
