import type { SwarmNodeInputs } from "../../schema/swarm";
import { removed } from "../nodes/standing";
import { recentNodes } from "../nodes/node-list";
import { givenName, nodeName } from "../nodes/node-name";
import type { SwarmNodeInspect } from "../../docker/api/node";
import type { Disrupted } from "../rollout/disrupted";
import type { Context } from "../../foundation/context";
import { noteRepaired } from "../repaired";
import { isLost } from "./lost";
import { retire } from "./retire";

/** Who joined before this run is in every list of it; a node that waits to join may look at one that is seconds old. */
const TWINS_MS = 3_000;

/**
 * Members that this node stands in for: those that were given its name, and hold a place of theirs yet. A vote is handed
 * over only to a member that has one.
 */
export function twinsOf(
  name: string,
  nodeId: string,
  nodes: readonly SwarmNodeInspect[],
): SwarmNodeInspect[] {
  const isManager = nodes.some(({ ID, ManagerStatus }) => ID === nodeId && ManagerStatus !== undefined);
  return nodes.filter(
    (twin) =>
      twin.ID !== nodeId &&
      (givenName(twin) === name || wasNeverNamed(twin, name)) &&
      (isManager || twin.ManagerStatus === undefined),
  );
}

/**
 * A machine of this name that was lost before its member was given one, by an update that was killed. Its own word is enough
 * here: it is Down, so whoever lies about it loses nothing but an entry that is dead.
 */
function wasNeverNamed(node: SwarmNodeInspect, name: string): boolean {
  return givenName(node) === undefined && node.Description.Hostname === name && node.Status.State === "down";
}

/**
 * Takes a predecessor's vote and tasks. Pulumi deletes it at the end of the update; one whose machine is gone has nobody
 * left to delete it, so it is removed here.
 */
export async function retireTwin(
  twin: SwarmNodeInspect,
  inputs: Pick<Disrupted, "clusterId" | "managers" | "disruption">,
  context: Context,
): Promise<void> {
  const { clusterId, managers, disruption } = inputs;
  const member = { name: nodeName(twin), nodeId: twin.ID, clusterId, managers, disruption };
  await retire(twin, member, context);
  if (!(await isLost(member, context))) return;
  await removed(member, context);
  noteRepaired(inputs, context);
}

/** A predecessor that is dead holds nothing but perhaps a vote that nobody casts. */
export async function removeDeadTwins(
  inputs: SwarmNodeInputs,
  nodeId: string,
  context: Context,
): Promise<void> {
  // A list for itself would make every join of a large cluster dearer; predecessors are older than any list.
  // A manager takes a vote only where the list shows its own.
  const maxAgeMs = inputs.role === "worker" ? TWINS_MS : 0;
  const twins = twinsOf(inputs.name, nodeId, await recentNodes(inputs.managers, context, maxAgeMs));
  for (const twin of twins) {
    const member = { name: inputs.name, nodeId: twin.ID, managers: inputs.managers };
    if (await isLost(member, context)) await retireTwin(twin, inputs, context);
  }
}
