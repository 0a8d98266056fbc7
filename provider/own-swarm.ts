import type { ManagerRef, SwarmRef } from "../contract/connection";
import type { Owner } from "../contract/owner";
import type { EngineClient } from "../engine/engine-client";
import { isSwarmGone, onManager } from "../engine/managers";
import { inspectSwarm } from "../engine/swarm";
import { isForeignSwarm } from "../engine/swarm-ownership";
import type { SwarmInspect } from "../engine/swarm-types";
import type { Context } from "./handler";
import { toldApart } from "./ownership";

export type InSwarm = SwarmRef & { owner: Owner };

/** Why nothing may be deleted in the swarm that the managers are in by now; undefined where it is the state's own. */
export function whyNotOurs({ ID, Spec }: SwarmInspect, { clusterId, owner }: InSwarm): string | undefined {
  if (ID !== clusterId) return `its managers are in swarm ${ID}, and it was made in ${clusterId}`;
  if (isForeignSwarm(owner, Spec.Labels)) return `swarm ${ID} belongs to ${toldApart(Spec.Labels, owner)}`;
  return undefined;
}

/**
 * To whom the members of a swarm belong now, where that is not the state's owner any more: another program has taken the
 * swarm over. Undefined where nobody has, where the swarm is gone, and where the state is from before nodes had an owner.
 */
export async function whoTookOver(
  { clusterId, managers, owner }: { clusterId: string; managers: readonly ManagerRef[]; owner?: Owner },
  context: Context,
): Promise<string | undefined> {
  if (!owner) return undefined;
  try {
    const { ID, Spec } = await onManager(managers, context, (engine) => inspectSwarm(engine, context.signal));
    const isTheirs = ID === clusterId && isForeignSwarm(owner, Spec.Labels);
    return isTheirs ? toldApart(Spec.Labels, owner) : undefined;
  } catch (error) {
    if (isSwarmGone(error)) return undefined;
    throw error;
  }
}

/**
 * Deletes something inside of the swarm of the state, as long as that is the one which the managers are in and nobody
 * has taken it over; else it stays, with a warning. A swarm that is gone took it along.
 */
export async function deleteInSwarm(
  what: string,
  state: InSwarm,
  context: Context,
  remove: (engine: EngineClient, swarm: SwarmInspect) => Promise<void>,
): Promise<void> {
  try {
    await onManager(state.managers, context, async (engine) => {
      const swarm = await inspectSwarm(engine, context.signal);
      const why = whyNotOurs(swarm, state);
      if (why) return context.warn(`${what} stays: ${why}.`);
      await remove(engine, swarm);
    });
  } catch (error) {
    if (!isSwarmGone(error)) throw error;
  }
}
