import { listContainers } from "../../docker/containers";
import { connect } from "../../docker/connect";
import { outerEngine } from "../../docker/outer";
import { foreign, isOurs } from "../../docker/ownership";
import { createVolume, inspectVolume } from "../../docker/volumes";
import type { Context } from "../../foundation/context";
import type { InSession } from "../../foundation/session";
import type { ContainerConnection } from "../../schema/connection";
import type { DiskRule, LocalNetworkInputs, LocalNodeInputs } from "../../schema/local";
import { DELETED_WITH_LABEL, DISK_LABEL, ownerLabels } from "../../schema/owner";
import { diskOf } from "../../schema/pool-volume";
import { folderOfDisk, volumeOnDisk } from "../../swarm/volumes/volume-on-disk";

type Node = Pick<LocalNodeInputs, "name" | "owner" | "dockerHost" | "volumes" | "disks">;

/** Where a node has its disks. No engine of a node looks there by itself. */
const DISKS = "/var/lib/pulumi-swarm/disks";

/** What goes with the cluster where nothing is said. */
export const DEFAULT_RULE: DiskRule = { deletedWith: "cluster" };

/** The disks of a node as its container has them. */
export function diskMounts({ name, volumes = [] }: Pick<LocalNodeInputs, "name" | "volumes">) {
  return volumes.map((volume) => ({
    Type: "volume",
    Source: diskOf(name, volume),
    Target: `${DISKS}/${volume}`,
    VolumeOptions: { NoCopy: true },
  }));
}

/**
 * The disks of a new machine are there, with the files that former ones left on them, and nothing else has them.
 *
 * @param container - what may have them: the machine itself
 */
export async function readyDisks(inputs: Node, container: string, context: InSession): Promise<void> {
  const engine = outerEngine(inputs.dockerHost, context);
  for (const volume of inputs.volumes ?? []) {
    const disk = diskOf(inputs.name, volume);
    const rule = inputs.disks?.[volume] ?? DEFAULT_RULE;
    await refuseForeignDisk(disk, rule, inputs, context);
    const users = (await listContainers(engine, { volume: [disk] }))
      .flatMap(({ Names }) => Names ?? [])
      .map((name) => name.replace(/^\//, ""))
      .filter((name) => name !== container);
    if (users.length > 0)
      throw new Error(
        `The volume "${disk}" is in use by the container ${users.join(", ")}. A disk has one machine at a time, as two would ` +
          `spoil its files. Nothing was changed. Remove that container first: docker rm --force ${users.join(" ")}`,
      );
    await createVolume(engine, {
      name: disk,
      labels: ownerLabels(inputs.owner, { [DISK_LABEL]: volume, [DELETED_WITH_LABEL]: rule.deletedWith }),
    });
  }
}

/** Refuses disks that are somebody else's, and that nobody told to take. */
export async function refuseForeignDisks(inputs: LocalNetworkInputs, context: InSession): Promise<void> {
  for (const [disk, rule] of Object.entries(inputs.disks ?? {}))
    await refuseForeignDisk(disk, rule, inputs, context);
}

/** The volumes of a machine's engine whose files lie on its disks. */
export async function attachDisks(
  { name, owner, volumes = [] }: Node,
  connection: ContainerConnection,
  context: Context,
): Promise<void> {
  for (const volume of volumes) {
    const wanted = { name: volume, folder: `${DISKS}/${volume}`, disk: diskOf(name, volume) };
    await volumeOnDisk(connect(connection, context), wanted, owner, context.signal);
  }
}

/** Volumes that a machine's engine has not any more, or not on their disks. One that does not answer tells of none. */
export async function lostVolumes(
  { name, volumes = [] }: Pick<Node, "name" | "volumes">,
  connection: ContainerConnection,
  context: InSession,
): Promise<string[]> {
  const looks = volumes.map(async (volume) => {
    const found = await inspectVolume(connect(connection, context), volume);
    if (found && folderOfDisk(found) === `${DISKS}/${volume}`) return [];
    return [`${volume} is not on ${diskOf(name, volume)}`];
  });
  return Promise.all(looks).then(
    (lost) => lost.flat(),
    () => [],
  );
}

async function refuseForeignDisk(
  disk: string,
  { adopt }: DiskRule,
  { owner, dockerHost }: Pick<LocalNodeInputs, "owner" | "dockerHost">,
  context: InSession,
): Promise<void> {
  const found = await inspectVolume(outerEngine(dockerHost, context), disk);
  if (!found || adopt || isOurs(owner, found.Labels, context)) return;
  throw foreign(`The volume "${disk}"`, found.Labels, owner, WAY_OUT);
}

const WAY_OUT =
  "To use its files here, say `adopt: true` at that volume of the pool; else choose another name, or remove it yourself " +
  "(docker volume rm).";
