import type { SwarmNodeInputs } from "../contract/swarm";
import { removed } from "../engine/membership";
import { recentNodes } from "../engine/node-list";
import { givenName, nodeName } from "../engine/node-name";
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

/**
 * Members that this node stands in for: those that were given its name; for a manager those of all managers, as a leader may
 * have been left for later. A vote is handed over only to a member that has one.
 */
export function supersededBy(
  { name, role }: Pick<SwarmNodeInputs, "name" | "role">,
  nodeId: string,
  nodes: readonly SwarmNodeInspect[],
): SwarmNodeInspect[] {
  const nameOf = (node: SwarmNodeInspect) =>
    node.ID === nodeId || isLost(node, name) ? name : givenName(node);
  const standsIn = (node: SwarmNodeInspect, twin: SwarmNodeInspect) =>
    (node.ID === nodeId || (givenName(node) !== undefined && node.CreatedAt > twin.CreatedAt)) &&
    nameOf(node) === nameOf(twin) &&
    (node.ManagerStatus !== undefined || twin.ManagerStatus === undefined);
  return nodes.filter((twin) => {
    if (twin.ID === nodeId) return false;
    const isMeant = nameOf(twin) === name || (role === "manager" && twin.ManagerStatus !== undefined);
    return isMeant && nodes.some((node) => standsIn(node, twin));
  });
}

/**
 * A machine of this name that was lost before its member was given one, by an update that was killed. Its own word is enough
 * here: it is Down, so whoever lies about it loses nothing but an entry that is dead.
 */
function isLost(node: SwarmNodeInspect, name: string): boolean {
  return givenName(node) === undefined && node.Description.Hostname === name && node.Status.State === "down";
}

/** Whether every machine that shall be a manager is a member: one that is not will replace another one yet. */
async function allHaveJoined({ managers }: SwarmNodeInputs, context: Context): Promise<boolean> {
  const states = await swarmStates(managers, context.signal);
  return states.every((state) => state !== "inactive" && state !== "pending");
}
