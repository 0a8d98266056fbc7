import type { ContainerSummary } from "../../docker/api/container";
import type { Service, ServiceMount } from "../../docker/api/service";
import type { Volume } from "../../docker/api/volume";
import { listContainers } from "../../docker/containers";
import { STACK_LABEL } from "../../docker/services";
import { allVolumes } from "../../docker/volumes";
import { DISK_LABEL } from "../../schema/owner";
import type { DockerClient } from "../../transport/docker-client";
import { folderOfDisk } from "./volume-on-disk";

/** A volume of one node's engine, and who uses it. */
export interface NodeVolume {
  name: string;
  driver: string;
  /** What its driver was told; empty for a plain folder of the engine's. */
  options: Record<string, string>;
  /** The folder of its files on the machine. */
  folder: string;
  /** Where its files are kept when the machine goes, as people call it. @default they are the machine's */
  disk?: string;
  /** Services that ask for it: those whose tasks have it there, and those of the swarm that name it. */
  services: string[];
  /** The stack that it was made for, if it was. */
  stack?: string;
  /** Services whose tasks run there and have it, and other containers that do, by their names; each task counts. */
  running: string[];
}

/** As task containers carry it. */
const SERVICE_LABEL = "com.docker.swarm.service.name";
/** What an engine names by itself: it goes with the container that it was made for. */
const NAMELESS = /^[0-9a-f]{64}$/;
/** Kinds of file systems that the `local` driver mounts from elsewhere. */
const ELSEWHERE = /^(nfs|cifs|smb|ceph|glusterfs|9p)/;

/** The volumes that lie on a node. @param services - those of the swarm. */
export async function volumesOn(
  engine: DockerClient,
  services: readonly Service[],
  signal?: AbortSignal,
): Promise<NodeVolume[]> {
  const [volumes, containers] = await Promise.all([
    allVolumes(engine, signal),
    listContainers(engine, {}, signal),
  ]);
  return volumes
    .map((volume) => withUsers(volume, containers, services))
    .sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}

/** Volumes of a service by name. One whose source is a template is another one for each task. */
export function volumeMounts({ Spec }: Service): (ServiceMount & { Source: string })[] {
  const mounts = Spec.TaskTemplate.ContainerSpec?.Mounts ?? [];
  return mounts.filter(
    (mount): mount is ServiceMount & { Source: string } => mount.Type === "volume" && Boolean(mount.Source),
  );
}

/** Whether a volume has no name of its own. */
export function isNameless({ name }: Pick<NodeVolume, "name">): boolean {
  return NAMELESS.test(name);
}

/** Whether its files lie on the machine, and not on a server or with the driver of somebody else. */
export function liesHere({ driver, options }: Pick<NodeVolume, "driver" | "options">): boolean {
  return driver === "local" && !ELSEWHERE.test(options.type ?? "");
}

function withUsers(
  { Name: name, Driver: driver, Mountpoint: folder, Labels, Options }: Volume,
  containers: readonly ContainerSummary[],
  services: readonly Service[],
): NodeVolume {
  const having = containers.filter(({ Mounts }) =>
    Mounts?.some((mount) => mount.Type === "volume" && mount.Name === name),
  );
  const tasksOf = having.flatMap(({ Labels: labels }) => labels[SERVICE_LABEL] ?? []);
  const naming = services
    .filter((service) => volumeMounts(service).some(({ Source }) => Source === name))
    .map(({ Spec }) => Spec.Name);
  return {
    ...{ name, driver, options: Options ?? {} },
    folder: folderOfDisk({ Driver: driver, Options }) ?? folder,
    services: [...new Set([...tasksOf, ...naming])].sort(),
    stack: Labels?.[STACK_LABEL],
    disk: Labels?.[DISK_LABEL],
    running: having.filter(({ State }) => State === "running").map(nameOf),
  };
}

function nameOf({ Id, Labels, Names }: ContainerSummary): string {
  return Labels[SERVICE_LABEL] ?? Names?.[0]?.replace(/^\//, "") ?? Id.slice(0, 12);
}
