import { nameOfConnection, type ManagerRef } from "../schema/connection";
import { slot, type InSession } from "../foundation/session";

const memory = slot(() => ({
  /** Cluster ID → its managers by connection. */
  known: new Map<string, Map<string, ManagerRef>>(),
  /** The cluster of each connection. */
  clusterOf: new Map<string, string>(),
}));

/**
 * Notes the managers that an object of a swarm was told, now or at its last update. While all managers of a swarm are
 * replaced in one update, the new list names machines that are no members yet, and the old one those that are none
 * any more: only both together are sure to reach the swarm.
 */
export function rememberManagers(
  clusterId: string,
  managers: readonly ManagerRef[],
  { session }: InSession,
): void {
  const { known, clusterOf } = session.get(memory);
  const ofCluster = known.get(clusterId) ?? new Map<string, ManagerRef>();
  known.set(clusterId, ofCluster);
  for (const manager of managers) {
    const key = nameOfConnection(manager.connection);
    ofCluster.set(key, manager);
    clusterOf.set(key, clusterId);
  }
}

/** Other managers that are known of the swarm that these belong to. */
export function othersOf(managers: readonly ManagerRef[], { session }: InSession): ManagerRef[] {
  const { known, clusterOf } = session.get(memory);
  const keys = new Set(managers.map(({ connection }) => nameOfConnection(connection)));
  const clusters = new Set([...keys].map((key) => clusterOf.get(key)));
  const all = [...clusters].flatMap((id) => [...(known.get(id ?? "") ?? [])]);
  return all.filter(([key]) => !keys.has(key)).map(([, manager]) => manager);
}
