import { drained } from "../engine/draining";
import { onManager } from "../engine/managers";
import { demoted } from "../engine/membership";
import { refuseLossOfQuorum } from "../engine/quorum";
import { listNodes, tasksOn } from "../engine/swarm-nodes";
import type { SwarmNodeInspect } from "../engine/swarm-types";
import { drainPolicy, inTurn, type Disrupted } from "./disruption";
import type { Context } from "./handler";

/**
 * Takes from a node all that the swarm relies on: its vote first, then its tasks, when it is its turn. It stays a
 * member, drained, until it leaves. A node that was retired before costs one look.
 */
export async function retire(
  node: SwarmNodeInspect,
  disrupted: Omit<Disrupted, "role">,
  context: Context,
): Promise<void> {
  if (await isRetired(node, disrupted, context)) return;
  const role = node.ManagerStatus ? "manager" : "worker";
  // A dead worker takes nothing out of service that is not gone already.
  if (role === "worker" && node.Status.State !== "ready") return;
  await inTurn({ ...disrupted, role }, context, async () => {
    if (node.ManagerStatus) await outOfRaft(node, disrupted, context);
    if (node.Status.State !== "ready") return;
    context.progress("draining");
    await drained(disrupted, drainPolicy(disrupted.disruption), context);
  });
}

/** Demotes a manager where the rest keeps quorum, by the numbers of this moment. */
export async function outOfRaft(
  node: SwarmNodeInspect,
  { name, nodeId, managers }: Omit<Disrupted, "role">,
  context: Context,
): Promise<void> {
  refuseLossOfQuorum(await onManager(managers, context, (engine) => listNodes(engine, context.signal)), node);
  context.progress(`demoting ${name}`);
  await demoted({ name, nodeId, managers }, context);
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
