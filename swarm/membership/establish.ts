import type { SwarmInputs, SwarmOutputs } from "../../schema/swarm";
import type { Context } from "../../foundation/context";
import { changeSwarm } from "../change-swarm";
import { NoManager } from "../managers";
import { whyNotOurs } from "../own-swarm";
import { swarmOutputs } from "../swarm-outputs";
import { applySettings } from "../swarm-spec";
import { findSwarm, makeOurs, survey } from "./find-swarm";
import { dissolve, hasInitSettings, initialise, leave } from "./init";
import { tellOfAdoption } from "./swarm-present";

/** Makes sure of a swarm: adopted where one of the managers is in it already, else initialised on exactly one of them. */
export async function establish(inputs: SwarmInputs, context: Context): Promise<SwarmOutputs> {
  const { swarm: present, free } = await survey(inputs, context);
  const fits = present && hasInitSettings(present.found, inputs);
  if (present && !fits) await dissolve(present, inputs, context);
  if (fits) await tellOfAdoption(present, inputs, context);
  const candidates = present ? inputs.managers : free;
  const manager = fits ? present.manager : await initialise(inputs, candidates, context);
  if (fits) await makeOurs(present.found, [manager], inputs.owner, context);
  // An adopted swarm gets our settings; after init this finds nothing to change.
  await changeSwarm([manager], context, (spec) => applySettings(spec, inputs));
  return swarmOutputs([manager], context);
}

/**
 * Ends a swarm, on machines that stay. Those that die with the cluster take it along: leaving would only cost the time of
 * a lost quorum, and where a new swarm is wanted on the same machines, {@link establish} dissolves the old one.
 */
export async function disband(state: SwarmInputs & SwarmOutputs, context: Context): Promise<void> {
  if (state.ephemeral) return;
  const why = await whyTakenOver(state, context);
  if (why) return context.warn(`the machines stay in it: ${why}.`);
  for (const manager of state.managers) await leave(manager, state.clusterId, context);
}

/** Nothing where nobody can tell: then it ends as the state says. */
async function whyTakenOver(
  state: SwarmInputs & SwarmOutputs,
  context: Context,
): Promise<string | undefined> {
  try {
    const found = await findSwarm(state, context);
    return found && whyNotOurs(found, state);
  } catch (error) {
    if (error instanceof NoManager) return undefined;
    throw error;
  }
}
