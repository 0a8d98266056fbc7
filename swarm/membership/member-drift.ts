import type { SwarmNodeInputs } from "../../schema/swarm";
import { connect } from "../../docker/connect";
import { heardNodes, isUnheard } from "../nodes/heard-nodes";
import type { SwarmNodeInspect } from "../../docker/api/node";
import { TransportError } from "../../transport/transport";
import type { Context } from "../../foundation/context";

/** The managers list a node that left as Down for ever; only its own engine knows that it is no member any more. */
export async function hasLeft(
  node: SwarmNodeInspect,
  { connection }: SwarmNodeInputs,
  context: Context,
): Promise<boolean> {
  if (node.Status.State === "ready") return false;
  try {
    return (await connect(connection, context).swarmState(context.signal)) === "inactive";
  } catch (error) {
    if (error instanceof TransportError) return false;
    throw error;
  }
}

/**
 * How the managers see a node that is a member by its own word: where their leader is a new one, as soon as it has heard from
 * it. Else a refresh would find fault with every node of a swarm in which the leader has changed a moment ago.
 */
export async function asHeard(
  node: SwarmNodeInspect,
  { connection, managers }: SwarmNodeInputs,
  context: Context,
): Promise<SwarmNodeInspect> {
  if (!isUnheard(node)) return node;
  const own = await connect(connection, context)
    .swarmState(context.signal)
    .catch(() => "");
  if (!own.startsWith("active")) return node;
  const nodes = await heardNodes(managers, context, ({ ID }) => ID === node.ID);
  return nodes.find(({ ID }) => ID === node.ID) ?? node;
}

/** Why the swarm cannot count on a node, as "is down"; nothing where it can. */
export function notReady({
  Spec,
  Status,
  ManagerStatus,
}: Pick<SwarmNodeInspect, "Spec" | "Status" | "ManagerStatus">): string[] | undefined {
  if (Status.State !== "ready") return [`is ${Status.State}`];
  // One that was demoted by hand differs in its role already.
  if (Spec.Role !== "manager" || ManagerStatus?.Reachability === "reachable") return undefined;
  return [`is ${ManagerStatus?.Reachability ?? "not in raft"}`];
}
