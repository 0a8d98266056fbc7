import { NODE_LABEL } from "../../schema/owner";
import type { SwarmNodeInspect } from "../../docker/api/node";

type Named = Pick<SwarmNodeInspect, "ID" | "Spec" | "Description">;

/**
 * The name that the program gave a node: a label of the swarm, which only its managers can write. What is decided by a name
 * is decided by this one; nothing where no program gave it any.
 */
export function givenName({ Spec }: Pick<SwarmNodeInspect, "Spec">): string | undefined {
  return Spec.Labels?.[NODE_LABEL];
}

/**
 * The name of a node for people: the one it was given, else its host name. That one the node says itself, and whoever holds
 * a join token may say any. One that has not reported yet has neither: then its ID.
 */
export function nodeName(node: Named): string {
  return givenName(node) ?? (node.Description.Hostname || node.ID);
}
