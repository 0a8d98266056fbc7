import { givenName } from "../../swarm/nodes/node-name";
import type { SwarmNodeInspect } from "../../docker/api/node";
import type { DoctorFacts } from "./doctor-facts";
import { SWARM_COMMAND, upCommand } from "../../foundation/command-lines";

/**
 * Whether an entry of the node list will never be Ready again: a newer node has its name, or its machine says that it
 * is in no swarm. A refresh leaves such an entry as it is.
 */
export function isDead(
  node: SwarmNodeInspect,
  nodes: readonly SwarmNodeInspect[],
  machines: DoctorFacts["machines"],
): boolean {
  // A leader that was just elected calls all others "unknown" until it hears from them.
  if (node.Status.State !== "down") return false;
  const name = givenName(node);
  if (name === undefined) return false;
  const left = machines.some((machine) => machine.name === name && machine.swarmState === "inactive");
  return left || nodes.some((other) => givenName(other) === name && isNewer(other, node));
}

/** How a dead entry leaves the list; a manager leaves raft first. */
export function removalOf({ ID, ManagerStatus }: SwarmNodeInspect): string {
  const demote = ManagerStatus ? `${SWARM_COMMAND} docker node demote ${ID}, ` : "";
  return `${demote}${SWARM_COMMAND} docker node rm --force ${ID}, then ${upCommand("--refresh")}`;
}

function isNewer(other: SwarmNodeInspect, node: SwarmNodeInspect): boolean {
  return other.ID !== node.ID && other.Status.State === "ready" && other.CreatedAt > node.CreatedAt;
}
