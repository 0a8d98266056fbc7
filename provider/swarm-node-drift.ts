import type { SwarmNodeInputs } from "../contract/swarm";
import { connect } from "../engine/connect";
import type { SwarmNodeInspect } from "../engine/swarm-types";
import { TransportError } from "../transport/transport";
import type { Context } from "./handler";

/** The managers list a node that left as Down for ever; only its own engine knows that it is no member any more. */
export async function hasLeft(
  node: SwarmNodeInspect,
  { connection }: SwarmNodeInputs,
  context: Context,
): Promise<boolean> {
  if (node.Status.State === "ready") return false;
  try {
    return (await connect(connection).swarmState(context.signal)) === "inactive";
  } catch (error) {
    if (error instanceof TransportError) return false;
    throw error;
  }
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
