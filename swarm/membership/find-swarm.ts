import { isDeepStrictEqual } from "node:util";
import { isOlder, ownerFrom, type Owner } from "../../schema/owner";
import type { ManagerRef } from "../../schema/connection";
import type { NodeAddresses, SwarmInputs } from "../../schema/swarm";
import { connect } from "../../docker/connect";
import { isSwarmGone, onManager } from "../managers";
import { inspectSwarm } from "../../docker/swarm";
import { takeOver } from "../take-over";
import { info } from "../../docker/nodes";
import type { EngineInfo } from "../../docker/api/info";
import type { SwarmInspect } from "../../docker/api/swarm";
import type { Context } from "../../foundation/context";
import { isOurs, toldApart } from "../../docker/ownership";
import type { InSession } from "../../foundation/session";

export type Candidate = ManagerRef & NodeAddresses;

export interface Survey {
  /** The swarm that the machines are in already, and the manager that said so. */
  swarm?: { found: SwarmInspect; manager: Candidate };
  /** Machines in no swarm: any of them may initialise one. */
  free: Candidate[];
}

/**
 * Looks at every machine before anything is changed: which of them is in a swarm, and whose it is.
 * One machine that does not answer stops it, since a swarm there would get a twin.
 */
export async function survey(inputs: SwarmInputs, context: Context): Promise<Survey> {
  const seen = await Promise.all(
    inputs.managers.map(async (manager) => ({
      manager,
      state: (await info(connect(manager.connection, context), context.signal)).Swarm,
    })),
  );
  const free = seen.filter(({ state }) => isFree(state)).map(({ manager }) => manager);
  const members = seen.filter(({ state }) => state.ControlAvailable || state.LocalNodeState === "locked");
  if (members.length === 0) return { free };

  const found = await Promise.all(
    members.map(async ({ manager }) => ({
      manager,
      found: await inspectSwarm(connect(manager.connection, context), context.signal),
    })),
  );
  const ids = [...new Set(found.map((member) => member.found.ID))];
  if (ids.length > 1) {
    const rows = found
      .map((member) => `  - ${member.manager.name} is in swarm ${member.found.ID}`)
      .join("\n");
    throw new Error(
      `The managers are in ${ids.length} different swarms:\n${rows}\n` +
        "Decide which one is right and make the others leave: docker swarm leave --force",
    );
  }
  const swarm = found[0];
  refuseForeignSwarm(swarm.manager.name, swarm.found, inputs, context);
  return { swarm, free };
}

/** What is known of a swarm through machines that may be gone: nothing only where every machine says so itself. */
export async function findSwarm(inputs: SwarmInputs, context: Context): Promise<SwarmInspect | undefined> {
  try {
    return await onManager(inputs.managers, context, (engine) => inspectSwarm(engine, context.signal));
  } catch (error) {
    if (isSwarmGone(error)) return undefined;
    throw error;
  }
}

function isFree(state: EngineInfo["Swarm"]): boolean {
  return state.LocalNodeState === "inactive" || state.LocalNodeState === "";
}

/** Writes the owner on a swarm and what is in it, where other labels are: it is adopted, or older than identities. */
export async function makeOurs(
  { Spec }: SwarmInspect,
  managers: readonly ManagerRef[],
  owner: Owner,
  context: Context,
): Promise<void> {
  if (isDeepStrictEqual(ownerFrom(Spec.Labels), owner)) return;
  await takeOver(managers, Spec.Labels, owner, context);
}

/** @param name - the manager that was asked */
export function refuseForeignSwarm(
  name: string,
  { ID, Spec }: SwarmInspect,
  { owner, adopt, ephemeral }: SwarmInputs,
  within: InSession,
): void {
  const labels = Spec.Labels ?? {};
  if (isOurs(owner, labels, within) || adopt) return;
  // A run that was killed between init and the labels leaves a swarm without any, and only on a machine of our own
  // making. What is older than identities has names alone, and is on no machine of another cluster either.
  if (ephemeral && (Object.keys(labels).length === 0 || isOlder(owner, labels))) return;
  throw new Error(
    `${name} is in swarm ${ID} already, which belongs to ${toldApart(labels, owner)}. ` +
      "Set `adopt: true` to take that swarm over, or make the machine leave it: docker swarm leave --force",
  );
}
