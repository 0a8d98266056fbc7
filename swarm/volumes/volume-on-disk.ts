import type { EngineClient } from "../../docker/engine-client";
import { createVolume, inspectVolume } from "../../docker/volumes";
import type { Volume } from "../../docker/api/volume";
import { DISK_LABEL, ownerLabels, type Owner } from "../../schema/owner";

/** A volume of a node's engine whose files lie in a folder that outlives it. */
export interface VolumeOnDisk {
  name: string;
  /** The folder on the machine. */
  folder: string;
  /** What people call the place of the files. */
  disk: string;
}

/** The volume is there; removing it removes no file. One of another kind is left as it is, and refused. */
export async function volumeOnDisk(
  engine: EngineClient,
  { name, folder, disk }: VolumeOnDisk,
  owner: Owner,
  signal: AbortSignal,
): Promise<void> {
  const options = { type: "none", o: "bind", device: folder };
  const labels = ownerLabels(owner, { [DISK_LABEL]: disk });
  const found =
    (await inspectVolume(engine, name, signal)) ??
    (await createVolume(engine, { name, labels, options }, signal));
  if (folderOfDisk(found) === folder) return;
  throw new Error(
    `${engine.node} has a volume ${name} already, whose files do not lie in ${folder}. It was left as it is. ` +
      "Copy its files there and remove it (docker volume rm), or choose another name for the volume of the pool.",
  );
}

/** The folder that a volume's files lie in where its driver binds one; nothing where they lie in the engine's own. */
export function folderOfDisk({ Driver, Options }: Pick<Volume, "Driver" | "Options">): string | undefined {
  const { type, o, device } = Options ?? {};
  const isBind = Driver === "local" && type === "none" && (o ?? "").split(",").includes("bind");
  return isBind ? device : undefined;
}
