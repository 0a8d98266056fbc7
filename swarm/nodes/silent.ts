import type { SwarmNodeInputs } from "../../schema/swarm";
import { removed } from "./standing";
import { recentNodes } from "./node-list";
import type { SwarmNodeInspect } from "../../docker/api/node";
import type { Context } from "../../foundation/context";
import { slot } from "../../foundation/session";

/**
 * Members that have never said who they are, by cluster, as they were seen before this process let anybody join. A
 * swarm lists a node when it gives out its certificate: one that then fails to join stays in the list for ever,
 * Unknown and without a name. Seen with Engine 26.1.
 */
const members = slot(() => new Map<string, Promise<string[]>>());

/** To be called before a join: what joins now is silent for a moment as well. */
export async function noteSilent(inputs: SwarmNodeInputs, context: Context): Promise<void> {
  const { clusterId, managers } = inputs;
  const silent = context.session.get(members);
  const seen = silent.get(clusterId) ?? recentNodes(managers, context).then(silentOf);
  silent.set(clusterId, seen);
  await seen;
}

/** Takes those out that an earlier run left and that are silent still, a whole join later. */
export async function removeSilent(inputs: SwarmNodeInputs, context: Context): Promise<void> {
  const { clusterId, managers } = inputs;
  const earlier = (await context.session.get(members).get(clusterId)) ?? [];
  if (earlier.length === 0) return;
  const still = silentOf(await recentNodes(managers, context));
  for (const nodeId of earlier.filter((id) => still.includes(id))) {
    await removed({ name: nodeId, nodeId, managers }, context);
  }
}

/** It was given a certificate and has not reported since: it joins just now, or never did. */
export function isSilent({ Description, Status }: SwarmNodeInspect): boolean {
  return !Description.Hostname && Status.State !== "ready";
}

function silentOf(nodes: readonly SwarmNodeInspect[]): string[] {
  return nodes.filter(isSilent).map(({ ID }) => ID);
}
