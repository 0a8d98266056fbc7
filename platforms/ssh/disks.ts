import * as pulumi from "../../resources/pulumi";
import type { PoolVolume } from "../../schema/pool-volume";
import type { NodeRequest } from "../platform";
import type { SshHostArgs } from "./args";

const FOLDER = "/srv/pulumi-swarm";

/** The folder of a host that the files of a volume lie in. */
export function folderOf({ name, path }: PoolVolume): string {
  return path ?? `${FOLDER}/${name}`;
}

/** The folders of a node's volumes, by the volumes' names; nothing where it has none. */
export function foldersOf({ volumes }: Pick<NodeRequest, "volumes">): Record<string, string> | undefined {
  if (!volumes?.length) return undefined;
  return Object.fromEntries(volumes.map((volume) => [volume.name, folderOf(volume)]));
}

/** Volume → what tells its disk from others: a folder of another host is another one. */
export function placesOf({ address }: SshHostArgs, folders: Record<string, string>) {
  return pulumi
    .output(address)
    .apply((at) =>
      Object.fromEntries(Object.entries(folders).map(([volume, folder]) => [volume, `${at}:${folder}`])),
    );
}
