import { baseImageStep } from "./base-image";
import { display } from "./display";
import { dockerEngineStep } from "./docker-engine";
import { languageHostStep } from "./language-host";
import { projectRoot } from "./paths";
import { pulumiCliStep } from "./pulumi-cli";
import { runSteps } from "./run-steps";
import { stateStep } from "./state";

/** Makes this machine ready for `pulumi up`; shows on stderr what it finds and does. */
export async function setup(
  project: string = projectRoot,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const steps = [
    pulumiCliStep(env),
    languageHostStep(env),
    dockerEngineStep(env),
    baseImageStep(env),
    stateStep(project, env),
  ];
  await runSteps(steps, display(process.stderr));
}

/** What `pulumi destroy` needs: nothing that only new machines are made of. */
export async function setupForDestroy(env: NodeJS.ProcessEnv = process.env): Promise<void> {
  await runSteps([pulumiCliStep(env), languageHostStep(env), dockerEngineStep(env)], display(process.stderr));
}
