import type { ClusterNode, LocalCluster } from "./local-cluster";

/** A cluster as a line of text can carry it. */
export function asRecord({ nodes, ...cluster }: LocalCluster): object {
  return { ...cluster, nodes: [...nodes] };
}

export function fromRecord(record: unknown): LocalCluster {
  const { nodes, ...cluster } = record as Omit<LocalCluster, "nodes"> & {
    nodes: [string, ClusterNode][];
  };
  return { ...cluster, nodes: new Map(nodes) };
}
