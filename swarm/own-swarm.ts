import type { ManagerRef } from "../schema/connection";
import type { InSwarm } from "../schema/objects";
import type { Owner } from "../schema/owner";
import type { EngineClient } from "../docker/engine-client";
import { isSwarmGone, NoManager, onManager } from "./managers";
import { inspectSwarm } from "../docker/swarm";
import { isForeignSwarm } from "./swarm-ownership";
import type { SwarmInspect } from "../docker/api/swarm";
import type { Context } from "../foundation/context";
import { toldApart } from "../docker/ownership";

/**
 * Makes or changes something inside of the swarm of the inputs. A guest was told by others of its managers, which may be
 * in another swarm by now: there nothing is made.
 */
export function inSwarm<T>(
  { clusterId, managers, owner }: InSwarm,
  context: Context,
  operation: (engine: EngineClient) => Promise<T>,
): Promise<T> {
  return onManager(managers, context, async (engine, { name }) => {
    if (owner.isGuest) {
      const { ID } = await inspectSwarm(engine, context.signal);
      if (ID !== clusterId) throw inAnother(name, ID, clusterId);
    }
    return operation(engine);
  });
}

/** @param manager - its name */
export function inAnother(manager: string, actual: string, expected: string): Error {
  return new Error(
    `${manager} is in swarm ${actual}, and everything of this program is in swarm ${expected}. Nothing was changed. ` +
      `Where ${actual} is to have it: \`pulumi up --refresh\`, or give that as \`clusterId\` of the ExistingCluster.`,
  );
}

/** Reads something inside of the swarm of the state. What a guest has there went with the swarm. */
export async function readInSwarm<T>(
  { managers, owner }: InSwarm,
  context: Context,
  read: (engine: EngineClient) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await onManager(managers, context, read);
  } catch (error) {
    if (owner.isGuest && isSwarmGone(error)) return undefined;
    throw error;
  }
}

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
 * has taken it over; else it stays, with a warning. A swarm that is gone took it along. From one that cannot be asked it
 * goes only where a guest has said so: `forget`.
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
    const { isGuest, cluster } = state.owner;
    if (isSwarmGone(error))
      return isGuest ? context.info(`${what} went with its swarm: ${gone(error)}.`) : undefined;
    if (!isGuest || !(error instanceof NoManager)) throw error;
    if (!state.forget) throw new Error(`${error.message}\n${forgetting(cluster)}`, { cause: error });
    context.warn(`${what} is forgotten, and stays where it may still be: ${error.message}`);
  }
}

/** What each manager said. */
function gone(error: unknown): string {
  return error instanceof NoManager
    ? [...error.answers.values()].map(({ message }) => message).join("; ")
    : "";
}

/** @param cluster - name of the ExistingCluster */
function forgetting(cluster: string): string {
  return (
    `Where that swarm will never answer again: set \`forget: true\` on ExistingCluster "${cluster}", run \`pulumi up\`, ` +
    "and then this command again; what is in the swarm stays there."
  );
}
