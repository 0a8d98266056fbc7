import { nodeName } from "./node-name";
import type { SwarmNodeInspect } from "../../docker/api/node";

export interface Quorum {
  managers: number;
  reachable: number;
  /** Managers that must be reachable for the swarm to accept changes. */
  needed: number;
  /** How many of the reachable managers may fail before the swarm stops accepting changes; negative: it has stopped. */
  margin: number;
}

export function quorumOf(nodes: readonly SwarmNodeInspect[]): Quorum {
  const managers = nodes.filter(({ ManagerStatus }) => ManagerStatus);
  const reachable = managers.filter(
    ({ ManagerStatus }) => ManagerStatus?.Reachability === "reachable",
  ).length;
  const needed = Math.floor(managers.length / 2) + 1;
  return { managers: managers.length, reachable, needed, margin: reachable - needed };
}

/** As a person reads it. */
export function describeQuorum({ managers, reachable, margin }: Quorum): string {
  const noun = managers === 1 ? "manager" : "managers";
  if (margin < 0) return `${managers} ${noun}, ${reachable} reachable: QUORUM IS LOST`;
  const away = reachable < managers ? `, ${reachable} reachable` : "";
  return `${managers} ${noun}${away}, ${margin} may fail`;
}

/** Refuses to take a manager out where the rest would have no majority of reachable managers. */
export function refuseLossOfQuorum(nodes: readonly SwarmNodeInspect[], leaving: SwarmNodeInspect): void {
  const rest = quorumOf(nodes.filter(({ ID }) => ID !== leaving.ID));
  if (rest.managers > 0 && rest.margin >= 0) return;
  const { managers, reachable } = quorumOf(nodes);
  const away = nodes
    .filter(({ ManagerStatus }) => ManagerStatus && ManagerStatus.Reachability !== "reachable")
    .map(nodeName);
  throw new Error(
    `${nodeName(leaving)} was not removed: of ${managers} managers ${reachable} are reachable` +
      `${away.length > 0 ? ` (away: ${away.join(", ")})` : ""}, and without it ${rest.reachable} of ${rest.managers} would be, ` +
      `where ${rest.needed} are needed for quorum. Bring the others back first, or destroy the whole cluster.`,
  );
}
