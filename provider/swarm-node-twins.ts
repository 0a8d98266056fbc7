import type { SwarmNodeInputs } from "../contract/swarm";
import { removed } from "../engine/membership";
import { recentNodes } from "../engine/node-list";
import { nodeName } from "../engine/node-name";
import { swarmStates } from "../engine/swarm-states";
import type { SwarmNodeInspect } from "../engine/swarm-types";
import type { Context } from "./handler";
import { retire } from "./swarm-node-retire";

/**
 * After a machine was replaced, the swarm has two members of one name: the new one, and its predecessor. Once the new
 * one is Ready, the predecessor hands over its vote and its tasks; Pulumi deletes it at the end of the update. A
 * predecessor whose machine is gone has nobody left to delete it, so it is removed here.
 *
 * A leader that is replaced together with other managers goes last, after their successors have joined: it is the one
 * whose loss costs an election, and the new ones may run a newer engine.
 */
export async function retireTwins(inputs: SwarmNodeInputs, nodeId: string, context: Context): Promise<void> {
  // A list for itself would make every join of a large cluster dearer; predecessors are older than any list.
  const nodes = await recentNodes(inputs.managers, context);
  const twins = supersededBy(inputs, nodeId, nodes);
  if (twins.length === 0) return;
  const leaderMayGo = inputs.role === "worker" || (await allHaveJoined(inputs, context));
  const inOrder = [
    ...twins.filter(({ ManagerStatus }) => !ManagerStatus?.Leader),
    ...twins.filter(({ ManagerStatus }) => ManagerStatus?.Leader && leaderMayGo),
  ];
  for (const twin of inOrder) {
    const { clusterId, managers, disruption } = inputs;
    const member = { name: nodeName(twin), nodeId: twin.ID, clusterId, managers, disruption };
    await retire(twin, member, context);
    if (twin.Status.State === "down") await removed(member, context);
  }
}

/** Older members of this node's name; for a manager those of all managers, as a leader may have been left for later. */
function supersededBy(
  { name, role }: SwarmNodeInputs,
  nodeId: string,
  nodes: readonly SwarmNodeInspect[],
): SwarmNodeInspect[] {
  const newest = new Map<string, SwarmNodeInspect>();
  for (const node of nodes) {
    const known = newest.get(nodeName(node));
    const isNewer = node.ID === nodeId || !known || (known.ID !== nodeId && known.CreatedAt < node.CreatedAt);
    if (isNewer) newest.set(nodeName(node), node);
  }
  return nodes.filter((node) => {
    if (newest.get(nodeName(node))?.ID === node.ID) return false;
    return nodeName(node) === name || (role === "manager" && node.ManagerStatus !== undefined);
  });
}

/** Whether every machine that shall be a manager is a member: one that is not will replace another one yet. */
async function allHaveJoined({ managers }: SwarmNodeInputs, context: Context): Promise<boolean> {
  const states = await swarmStates(managers, context.signal);
  return states.every((state) => state !== "inactive" && state !== "pending");
}
