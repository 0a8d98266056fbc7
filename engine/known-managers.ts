import { nameOfConnection, type ManagerRef } from "../contract/connection";

/** Cluster ID → its managers by connection, and the cluster of each connection. */
const known = new Map<string, Map<string, ManagerRef>>();
const clusterOf = new Map<string, string>();

/**
 * Notes the managers that an object of a swarm was told, now or at its last update. While all managers of a swarm are
 * replaced in one update, the new list names machines that are no members yet, and the old one those that are none
 * any more: only both together are sure to reach the swarm.
 */
export function rememberManagers(clusterId: string, managers: readonly ManagerRef[]): void {
  const ofCluster = known.get(clusterId) ?? new Map<string, ManagerRef>();
  known.set(clusterId, ofCluster);
  for (const manager of managers) {
    const key = nameOfConnection(manager.connection);
    ofCluster.set(key, manager);
    clusterOf.set(key, clusterId);
  }
}

/** Other managers that are known of the swarm that these belong to. */
export function othersOf(managers: readonly ManagerRef[]): ManagerRef[] {
  const keys = new Set(managers.map(({ connection }) => nameOfConnection(connection)));
  const clusters = new Set([...keys].map((key) => clusterOf.get(key)));
  const all = [...clusters].flatMap((id) => [...(known.get(id ?? "") ?? [])]);
  return all.filter(([key]) => !keys.has(key)).map(([, manager]) => manager);
}
