import { outerEngine } from "../../docker/outer";
import { deleteVolume, inspectVolume, listVolumes } from "../../docker/volumes";
import type { Context } from "../../foundation/context";
import type { LocalNetworkInputs, LocalNodeInputs } from "../../schema/local";
import { DELETED_WITH_LABEL, DISK_LABEL, isOwnedBy, isStillOwnedBy } from "../../schema/owner";
import { diskOf } from "../../schema/pool-volume";
import { isClusterWanted, wantedVolumes } from "./last-machines";
import { DEFAULT_RULE } from "./node-disks";

/**
 * A machine is gone: its disks wait for the next one, or stay behind where the program has no place for them any more, unless
 * they were to go with the node. Nothing is decided where the whole cluster may go, which its network tells.
 */
export async function leaveDisks(state: LocalNodeInputs, context: Context): Promise<void> {
  if (!isClusterWanted(state, context)) return;
  const wanted = wantedVolumes(state, context) ?? [];
  for (const volume of state.volumes ?? []) {
    if (wanted.includes(volume)) continue;
    const { deletedWith } = state.disks?.[volume] ?? DEFAULT_RULE;
    const disk = diskOf(state.name, volume);
    if (deletedWith === "node") await deleteDisk(disk, volume, state, context);
    else
      context.warn(
        `the files of its volume ${volume} are kept in the Docker volume ${disk}: a node of this name with that volume has ` +
          `them again. To delete them: docker volume rm ${disk}`,
      );
  }
}

/** The whole cluster goes: so do its disks, but for those that are to stay. */
export async function removeDisks(
  { owner, dockerHost, disks = {} }: LocalNetworkInputs,
  context: Context,
): Promise<void> {
  if (isClusterWanted({ owner }, context)) return;
  const ours = (await listVolumes(outerEngine(dockerHost, context), [DISK_LABEL])).filter(({ Labels }) =>
    isOwnedBy(owner, Labels),
  );
  for (const { Name: disk, Labels } of ours) {
    const deletedWith = disks[disk]?.deletedWith ?? Labels?.[DELETED_WITH_LABEL];
    if (deletedWith !== "nothing")
      await deleteDisk(disk, Labels?.[DISK_LABEL] ?? disk, { owner, dockerHost }, context);
  }
  const names = [...new Set([...ours.map(({ Name }) => Name), ...Object.keys(disks)])];
  for (const disk of names) {
    if (!(await inspectVolume(outerEngine(dockerHost, context), disk))) continue;
    context.warn(
      `the Docker volume ${disk} stays. A cluster of this name has its files again where its pool's volume says ` +
        `\`adopt: true\`. To delete them: docker volume rm ${disk}`,
    );
  }
}

async function deleteDisk(
  disk: string,
  volume: string,
  { owner, dockerHost }: Pick<LocalNodeInputs, "owner" | "dockerHost">,
  context: Context,
): Promise<void> {
  const engine = outerEngine(dockerHost, context);
  const found = await inspectVolume(engine, disk);
  if (!found || !isStillOwnedBy(owner, found.Labels)) return;
  await deleteVolume(engine, disk);
  context.warn(`the Docker volume ${disk} was deleted with the files of the volume ${volume}.`);
}
