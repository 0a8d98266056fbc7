import type { SwarmStackInputs } from "../../schema/stack";
import type { Context } from "../../foundation/context";
import { Unfinished } from "../../foundation/unfinished";
import { inSwarm } from "../own-swarm";
import type { Deployment } from "./deployments";
import { converged, convergedOr, type Made } from "./stack-converged";
import { deployStack, withOurObjects } from "./stack-deploy";
import { pruneServices } from "./stack-prune";
import type { MadeVersions } from "./stack-versions";

/** Each deployment has to run before the next one begins. What is in none of them ends before the last one, as at Docker's own `--prune`. */
export async function deployInTurn(
  deployments: [...Deployment[], Deployment],
  versions: MadeVersions,
  inputs: SwarmStackInputs,
  made: Made,
  context: Context,
): Promise<Made> {
  const last = deployments.length - 1;
  const wanted = deployments.flatMap(({ compose }) => Object.keys(compose.services ?? {}));
  for (const [index, { what, compose, waitsFor }] of deployments.entries()) {
    const isLast = index === last;
    let hasBegun = false;
    await inSwarm(inputs, context, async (engine) => {
      context.progress(what);
      const text = withOurObjects(compose, inputs, versions);
      hasBegun = true;
      if (isLast) await pruneServices(engine, inputs.name, wanted, context.signal);
      await deployStack(engine.transport, text, inputs, context);
    }).catch((error: unknown) => {
      // Docker deploys service by service: what it refuses may come after what it has made.
      throw hasBegun ? new Unfinished(made, error as Error) : error;
    });
    if (!isLast) await convergedOr(inputs, made, context, waitsFor);
  }
  return converged(inputs, made, context);
}
