import { SWARM_COMMAND } from "../../foundation/command-lines";
import type { Context } from "../../foundation/context";
import { slot, type InSession } from "../../foundation/session";
import type { ManagerRef } from "../../schema/connection";
import { isWanted } from "../wanted-clusters";
import { volumesThatStay } from "./kept-disks";
import { volumesOfServices, type LeavingNode, type VolumeOfNode } from "./leaving-volumes";

const memory = slot(() => ({
  /** Clusters whose program protects the volumes of services. */
  protecting: new Set<string>(),
  /** Nodes by ID whose volumes were told. */
  told: new Set<string>(),
}));

/** Notes what the program of this update says: a node that leaves has only that of its last update in its state. */
export function rememberProtection(
  clusterId: string,
  protectVolumes: boolean | undefined,
  { session }: InSession,
): void {
  const { protecting } = session.get(memory);
  if (protectVolumes) protecting.add(clusterId);
  else protecting.delete(clusterId);
}

/**
 * Before nodes leave for good: tells which volumes of which services lie on their machines, and refuses it where the program
 * protects them. A whole cluster that goes is never refused; each of its machines tells by itself (`tellVolumes`).
 */
export async function guardVolumes(
  leaving: readonly LeavingNode[],
  { clusterId, managers }: { clusterId: string; managers: readonly ManagerRef[] },
  context: Context,
): Promise<void> {
  if (!isWanted(clusterId, context)) return;
  const { told, protecting } = context.session.get(memory);
  const untold = leaving.filter(({ nodeId }) => !told.has(nodeId));
  if (untold.length === 0) return;
  const stay = new Map(untold.map((node) => [node.name, volumesThatStay({ ...node, clusterId }, context)]));
  const found = await volumesOfServices(untold, managers, context);
  const volumes = found.filter(({ node, volume }) => !stay.get(node)?.includes(volume));
  if (volumes.length > 0 && protecting.has(clusterId)) throw refusal(volumes);
  for (const text of byNode(volumes)) context.warn(`${text} ${remedy(volumes)}`);
  untold.forEach(({ nodeId }) => told.add(nodeId));
}

function refusal(volumes: readonly VolumeOfNode[]): Error {
  return new Error(
    `${byNode(volumes).join(" ")} No node was taken out of service. ${remedy(volumes)}, and then let them go: ` +
      "`protectVolumes: false` of the cluster (`pulumi config set protectVolumes false`).",
  );
}

/** "app-1 leaves with volumes on its machine: shop_data of shop_db. …" */
function byNode(volumes: readonly VolumeOfNode[]): string[] {
  const names = [...new Set(volumes.map(({ node }) => node))];
  return names.map((name) => {
    const own = volumes.filter(({ node }) => node === name);
    const listed = own.map(describedVolume).join(", ");
    return `${name} leaves with volumes on its machine: ${listed}. Tasks begin again elsewhere without these files.`;
  });
}

function describedVolume({ volume, services, disk }: VolumeOfNode): string {
  return `${volume} of ${services.join(" and ")}${disk ? ` (its files stay in ${disk})` : ""}`;
}

function remedy([{ node, volume }]: readonly VolumeOfNode[]): string {
  return `Take a copy first: ${SWARM_COMMAND} volumes backup ${node} ${volume} FILE`;
}
