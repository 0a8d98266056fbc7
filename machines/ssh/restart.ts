import type { ManagerRef } from "../../schema/connection";
import type { SwarmHostInputs } from "../../schema/ssh";
import type { Role } from "../../schema/swarm";
import { connect } from "../../docker/connect";
import { onManager } from "../../swarm/managers";
import { quorumOf } from "../../swarm/nodes/quorum";
import { inspectSwarm, unlockKey } from "../../docker/swarm";
import { info, listNodes } from "../../docker/nodes";
import { swarmStates } from "../../swarm/swarm-states";
import { managersAgain, memberAgain } from "../../swarm/membership/member-again";
import { unlocked } from "../../swarm/engines/unlock-engine";
import { waitFor } from "../../foundation/wait";
import { inTurn } from "../../swarm/rollout/disruption";
import { type Context, showPending } from "../../foundation/context";
import { namesKey } from "../../docker/ownership";
import { hostsOf } from "./peers";

/** A host that is a member of a swarm now. */
interface HostInSwarm {
  name: string;
  connection: SwarmHostInputs["connection"];
  nodeId: string;
  clusterId: string;
  role: Role;
  /** Hosts that are managers now, this one included where it is. */
  managers: ManagerRef[];
}

const HEALTH_TIMEOUT_MS = 120_000;

/**
 * Runs a step that restarts the engine of a host. Where that is a member of a swarm, one host goes at a time, whatever
 * its role: the step begins when the other managers have quorum without it, and ends when it is back. A host that is no
 * member yet need not wait for anybody.
 */
export async function restartInTurn(
  inputs: SwarmHostInputs,
  context: Context,
  step: () => Promise<void>,
): Promise<void> {
  const member = await membershipOf(inputs, context);
  if (!member) return step();
  await inTurn(member, context, async () => {
    await quorumWithout(member, context);
    const key = await keyOf(member, context);
    await step();
    if (!key) return memberAgain(member, member.role, member.managers, context);
    await unlocked(connect(inputs.connection, context), [key], context);
    await managersAgain([member], member.managers, context);
  });
}

async function membershipOf(inputs: SwarmHostInputs, context: Context): Promise<HostInSwarm | undefined> {
  const { name, connection } = inputs;
  const { Swarm } = await info(connect(connection, context), context.signal);
  if (Swarm.LocalNodeState !== "active") return undefined;
  const role = Swarm.ControlAvailable ? "manager" : "worker";
  const managers = await managersAmong(await hostsOf(inputs, context), context);
  // A swarm that no host of this program manages still counts as one: its members wait for each other.
  const clusterId =
    managers.length > 0
      ? await onManager(managers, context, async (engine) => (await inspectSwarm(engine, context.signal)).ID)
      : namesKey(inputs.owner);
  return { name, connection, nodeId: Swarm.NodeID, clusterId, role, managers };
}

async function managersAmong(hosts: readonly SwarmHostInputs[], context: Context): Promise<ManagerRef[]> {
  const states = await swarmStates(hosts, context);
  return hosts
    .filter((_, index) => states[index] === "active/manager")
    .map(({ name, connection }) => ({ name, connection }));
}

/** Waits for managers that are away, where without this one the rest would have no majority. */
async function quorumWithout({ name, nodeId, role, managers }: HostInSwarm, context: Context): Promise<void> {
  if (role === "worker") return;
  await waitFor<void>(
    {
      name: "the other managers have quorum without it",
      on: name,
      intervalMs: 1000,
      timeoutMs: HEALTH_TIMEOUT_MS,
      signal: context.signal,
      onPending: showPending(context, "waiting"),
      remedy: "Its engine was not restarted. Bring the other managers back, then run the same command again.",
    },
    async () => {
      const nodes = await onManager(managers, context, (engine) => listNodes(engine, context.signal));
      const { needed } = quorumOf(nodes);
      const others = quorumOf(nodes.filter(({ ID }) => ID !== nodeId));
      // One or two managers cannot do without one of them: with the others up nobody can do better.
      if (others.reachable >= Math.min(needed, others.managers)) return { done: undefined };
      return { pending: `${others.reachable} of the ${others.managers} other managers are reachable` };
    },
  );
}

/** The key that the engine asks for when it is back; empty where autolock is off. */
function keyOf({ role, connection }: HostInSwarm, context: Context): Promise<string> {
  return role === "manager" ? unlockKey(connect(connection, context), context.signal) : Promise.resolve("");
}
