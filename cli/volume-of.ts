import { SWARM_COMMAND } from "../foundation/command-lines";
import type { Waiting } from "../foundation/context";
import { connect } from "../docker/connect";
import type { EngineClient } from "../docker/engine-client";
import type { Service } from "../docker/api/service";
import { listServices } from "../docker/services";
import type { RecordedCluster } from "../schema/cluster-record";
import { onManager } from "../swarm/managers";
import { volumesOn, type NodeVolume } from "../swarm/volumes/node-volumes";

/** What the commands for one volume are told. */
export interface VolumeOptions {
  node: string;
  volume: string;
  file: string;
  force?: boolean;
}

/** A node's engine and one of its volumes, if it has one of that name. */
export interface VolumeOfNode {
  engine: EngineClient;
  services: Service[];
  volume?: NodeVolume;
}

export async function lookAtVolume(
  { nodes, managers, cluster }: RecordedCluster,
  { node, volume }: Pick<VolumeOptions, "node" | "volume">,
  waiting: Waiting,
): Promise<VolumeOfNode> {
  const found = nodes.find(({ name }) => name === node);
  if (!found) {
    const names = nodes.map(({ name }) => name).join(", ");
    throw new Error(`Cluster ${cluster} has no node ${node}. It has: ${names}.`);
  }
  const engine = connect(found.connection, waiting);
  const services = await onManager(managers, waiting, (manager) => listServices(manager, waiting.signal));
  const volumes = await volumesOn(engine, services, waiting.signal);
  return { engine, services, volume: volumes.find(({ name }) => name === volume) };
}

/** A volume that is more than a folder has its files where its driver puts them, and when. */
export function refuseOtherThanFolder({ name, driver, options, disk }: NodeVolume, node: string): void {
  if (disk !== undefined) return;
  if (driver === "local" && Object.keys(options).length === 0) return;
  const told = Object.entries(options).map(([key, value]) => `${key}=${value}`);
  throw new Error(
    `Volume ${name} on ${node} is no plain folder: driver ${driver}${told.length > 0 ? ` (${told.join(", ")})` : ""}. ` +
      "Nothing was changed. Copy its files where they lie.",
  );
}

/** "app_data of app_db": a volume with the services that have it. */
export function described({ name, services }: NodeVolume): string {
  return services.length > 0 ? `${name} of ${services.join(", ")}` : `${name} of no service`;
}

export function noSuchVolume({ node, volume }: Pick<VolumeOptions, "node" | "volume">): Error {
  return new Error(`${node} has no volume ${volume}. What lies where: ${SWARM_COMMAND} volumes`);
}
