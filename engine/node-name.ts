import { NODE_LABEL } from "../contract/owner";
import type { SwarmNodeInspect } from "./swarm-types";

/**
 * The name that the program gave a node, which is a label of it; its host name where no program did. A machine that was
 * there before may have any host name, and two members of one name are a node and its successor.
 */
export function nodeName({ Spec, Description }: Pick<SwarmNodeInspect, "Spec" | "Description">): string {
  return Spec.Labels?.[NODE_LABEL] ?? Description.Hostname;
}
