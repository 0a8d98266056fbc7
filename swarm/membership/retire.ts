import { demoted } from "./demotion";
import { drained } from "../rollout/draining";
import { onManager } from "../managers";
import { refuseLossOfQuorum } from "../nodes/quorum";
import { listNodes, tasksOn } from "../../docker/nodes";
import type { SwarmNodeInspect } from "../../docker/api/node";
import type { Disrupted } from "../rollout/disrupted";
import { drainPolicy, inTurn } from "../rollout/disruption";
import type { Context } from "../../foundation/context";
import { volumesThatStay } from "../volumes/kept-disks";
import { guardVolumes } from "../volumes/protection";
import { connectionOfMember, isLost, unlessLost } from "./lost";

/**
 * Takes from a node all that the swarm relies on: its tasks, then its vote, when it is its turn. It stays a
 * member, drained, until it leaves. A node that was retired before costs one look.
 *
 * Tasks go first, because swarmkit's constraint enforcer rejects those that only managers may run in the moment in which
 * the node is none any more: their services would be short while the next tasks start, and nobody would know when the
 * containers have ended. Whether the vote can be spared is looked at before anything.
 */
export async function retire(
  node: SwarmNodeInspect,
  disrupted: Omit<Disrupted, "role">,
  context: Context,
): Promise<void> {
  if (await isRetired(node, disrupted, context)) return;
  const role = node.ManagerStatus ? "manager" : "worker";
  // A dead worker takes nothing out of service that is not gone already.
  if (role === "worker" && (await isLost(disrupted, context))) return;
  const connection = connectionOfMember(disrupted.nodeId, context);
  const volumes = volumesThatStay(disrupted, context);
  await guardVolumes([{ ...disrupted, connection }], disrupted, context);
  await inTurn({ ...disrupted, role }, context, async () => {
    if (node.ManagerStatus) await refuseWithoutQuorum(node, disrupted, context);
    // Tasks of a dead machine never end; the swarm gives them another place when it knows.
    if (!(await isLost(disrupted, context))) {
      context.progress("draining");
      await unlessLost(disrupted, context, (watched) =>
        drained(disrupted, drainPolicy(disrupted.disruption), watched, volumes),
      );
    }
    if (node.ManagerStatus) await outOfRaft(node, disrupted, context);
  });
}

/** Demotes a manager where the rest keeps quorum, by the numbers of this moment. */
export async function outOfRaft(
  node: SwarmNodeInspect,
  { name, nodeId, managers }: Omit<Disrupted, "role">,
  context: Context,
): Promise<void> {
  await refuseWithoutQuorum(node, { managers }, context);
  context.progress(`demoting ${name}`);
  await demoted({ name, nodeId, managers }, context);
}

async function refuseWithoutQuorum(
  node: SwarmNodeInspect,
  { managers }: Pick<Disrupted, "managers">,
  context: Context,
): Promise<void> {
  refuseLossOfQuorum(await onManager(managers, context, (engine) => listNodes(engine, context.signal)), node);
}

async function isRetired(
  node: SwarmNodeInspect,
  { managers, nodeId }: Omit<Disrupted, "role">,
  context: Context,
): Promise<boolean> {
  if (node.ManagerStatus || node.Spec.Availability !== "drain") return false;
  const tasks = await onManager(managers, context, (engine) => tasksOn(engine, nodeId, context.signal));
  return tasks.length === 0;
}
