import { describeOwner, isOwnedBy } from "../contract/owner";
import type { ManagerRef } from "../contract/connection";
import type { NodeAddresses, SwarmInputs } from "../contract/swarm";
import { connect } from "../engine/connect";
import { isSwarmGone, onManager } from "../engine/managers";
import { inspectSwarm } from "../engine/swarm";
import { info } from "../engine/swarm-nodes";
import type { EngineInfo, SwarmInspect } from "../engine/swarm-types";
import type { Context } from "./handler";

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
      state: (await info(connect(manager.connection), context.signal)).Swarm,
    })),
  );
  const free = seen.filter(({ state }) => isFree(state)).map(({ manager }) => manager);
  const members = seen.filter(({ state }) => state.ControlAvailable || state.LocalNodeState === "locked");
  if (members.length === 0) return { free };

  const found = await Promise.all(
    members.map(async ({ manager }) => ({
      manager,
      found: await inspectSwarm(connect(manager.connection), context.signal),
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
  refuseForeignSwarm(swarm, inputs);
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

function refuseForeignSwarm(
  { manager, found }: { manager: Candidate; found: SwarmInspect },
  inputs: SwarmInputs,
): void {
  const labels = found.Spec.Labels ?? {};
  if (isOwnedBy(inputs.owner, labels) || inputs.adopt) return;
  // A run that was killed between init and the labels leaves such a swarm, and only on a machine of our own making.
  if (inputs.ephemeral && Object.keys(labels).length === 0) return;
  throw new Error(
    `${manager.name} is in swarm ${found.ID} already, which belongs to ${describeOwner(labels)}. ` +
      "Set `adopt: true` to take that swarm over, or make the machine leave it: docker swarm leave --force",
  );
}
