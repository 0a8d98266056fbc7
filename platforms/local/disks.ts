import type { DiskRule } from "../../schema/local";
import { diskOf, type PoolVolume } from "../../schema/pool-volume";
import type { ClusterRequest, NodeRequest } from "../platform";

type Volumes = Pick<NodeRequest, "volumes">;

/** What a machine is told of its volumes. Nothing where it has none: states are as they were. */
export function volumesOf({ volumes }: Volumes) {
  if (!volumes?.length) return {};
  return {
    volumes: volumes.map(({ name }) => name).sort(),
    disks: Object.fromEntries(volumes.map((volume) => [volume.name, ruleOf(volume)])),
  };
}

export function hasVolumes({ volumes = [] }: Volumes): boolean {
  return volumes.length > 0;
}

/** All disks of a cluster, by their names; nothing where it has none. */
export function disksOfCluster({
  owner,
  nodes,
}: Pick<ClusterRequest, "owner" | "nodes">): Record<string, DiskRule> | undefined {
  const disks = nodes.flatMap(({ name, volumes = [] }) =>
    volumes.map((volume) => [diskOf(`${owner.cluster}-${name}`, volume.name), ruleOf(volume)] as const),
  );
  return disks.length > 0 ? Object.fromEntries(disks) : undefined;
}

/** Volume → what tells its disk from others. */
export function placesOf(
  container: string,
  { volumes = [] }: Volumes,
  dockerHost = "",
): Record<string, string> {
  return Object.fromEntries(
    volumes.map(({ name }) => [name, `${dockerHost} ${diskOf(container, name)}`.trim()]),
  );
}

function ruleOf({ deletedWith = "cluster", adopt }: PoolVolume): DiskRule {
  return adopt ? { deletedWith, adopt } : { deletedWith };
}
