import { deployedServices, type SwarmStackInputs, type SwarmStackOutputs } from "../../schema/stack";
import { stackAsItIs } from "../../docker/services";
import { inspectSwarm } from "../../docker/swarm";
import type { Context } from "../../foundation/context";
import { readInSwarm } from "../own-swarm";
import { isOwnedIn } from "../swarm-ownership";
import { insideOfService } from "./stack-adopt";
import { changedByHand, shortOf } from "./stack-drift";

/** What differs of a stack from what was deployed; nothing where it is gone. */
export async function lookAtStack(
  state: SwarmStackInputs & SwarmStackOutputs,
  context: Context,
): Promise<{ drift: string[] } | undefined> {
  const found = await readInSwarm(state, context, (engine) =>
    Promise.all([inspectSwarm(engine, context.signal), stackAsItIs(engine, state.name, context.signal)]),
  );
  if (!found) return undefined;
  const [swarm, { services, tasks }] = found;
  // After a restore the same services run in a swarm with another ID: a deploy goes on with them, where a
  // replacement would end them first.
  if (swarm.ID !== state.clusterId) return undefined;
  const own = services.filter((service) =>
    isOwnedIn(swarm.Spec.Labels, state.owner, insideOfService(service)),
  );
  if (own.length === 0 && state.services.length > 0) return undefined;
  return { drift: [...changedByHand(deployedServices(state), own), ...shortOf(own, tasks)] };
}
