import type { PoolVolume } from "../../schema/pool-volume";
import { show, type Problem } from "../../validation/problem";
import type { PoolVolumes } from "../platform";
import { folderOf } from "./disks";

/** What belongs to the system, the engine or the setup, and is no place for files of a service. */
const TAKEN = ["/bin", "/boot", "/dev", "/etc", "/lib", "/proc", "/run", "/sbin", "/sys", "/tmp", "/usr"];
const OTHERS = ["/var/lib/docker", "/var/lib/pulumi-swarm"];

/** What a host has no place for. */
export function checkSshVolumes({ where, volumes }: PoolVolumes): Problem[] {
  return volumes.flatMap((volume, index) =>
    volume ? check(`${where}[${index}]`, volume, index, volumes) : [],
  );
}

function check(where: string, volume: PoolVolume, index: number, volumes: PoolVolumes["volumes"]): Problem[] {
  const { path, deletedWith, adopt } = volume;
  const problems: Problem[] = [];
  const report = (key: string, text: string) => problems.push({ where: `${where}.${key}`, text });
  const taken = [...TAKEN, ...OTHERS].find((folder) => path === folder || path?.startsWith(`${folder}/`));
  if (taken !== undefined)
    report(
      "path",
      `${show(path)} is in ${taken}, which is not for files of services. Use one like "/srv/pgdata".`,
    );
  const first = volumes.findIndex((other) => overlap(folderOf(other), folderOf(volume)));
  if (first < index)
    report(
      "path",
      `${show(folderOf(volume))} is, or is in, that of ${where.replace(/\d+\]$/, `${first}]`)}, or the other way round. Give each a folder of its own.`,
    );
  if (deletedWith !== undefined && deletedWith !== "nothing")
    report(
      "deletedWith",
      `${show(deletedWith)} does not go with a host: its folder always stays. Leave it out, and remove the folder yourself.`,
    );
  if (adopt !== undefined)
    report(
      "adopt",
      "is for the local platform: a folder of a host that is there is used as it is. Leave it out.",
    );
  return problems;
}

function overlap(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}
