import { display } from "../setup/display";
import { toolsEnvironment } from "../setup/environment";
import { reportFailure } from "../setup/report-failure";
import { runSteps } from "../setup/run-steps";
import { binariesStep } from "./binaries";
import { imageStep } from "./engine-image";

/** Provides the image that `npm run test:upgrade` upgrades to. */
async function main(): Promise<void> {
  const env = toolsEnvironment();
  await runSteps([binariesStep(env), imageStep(env)], display(process.stderr));
}

main().catch(reportFailure);
