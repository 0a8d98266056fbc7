import type { NetworkInspect } from "../../docker/api/network";
import { DIGEST_LABEL } from "../../schema/owner";
import { overlaps, parseCidr } from "../../validation/cidr";
import { changedSettings, isAsWanted, settingsDigest, type NetworkSettings } from "./network-settings";
import { NAME_LABEL } from "./versioned-content";

const HASH_LENGTH = 10;

/** What a network is called and carries in the swarm, where its settings decide. */
export interface NetworkVersion {
  name: string;
  /** By which it is known again. */
  labels: Record<string, string>;
  /** Nothing where it is still to be made. */
  found?: NetworkInspect;
}

/** The name of which a network is a version. */
export function baseOf({ Name, Labels }: Pick<NetworkInspect, "Name" | "Labels">): string {
  return Labels?.[NAME_LABEL] ?? Name;
}

/**
 * The version of a network that has these settings: Docker changes no network, so other settings are another network. The first one has
 * the plain name, and those after it have a hash of their settings behind it.
 *
 * @param versions - those that the swarm has
 */
export function versionFor(
  base: string,
  settings: NetworkSettings,
  versions: readonly NetworkInspect[],
): NetworkVersion {
  const digest = settingsDigest(settings);
  const found =
    versions.find(({ Labels }) => Labels?.[DIGEST_LABEL] === digest) ??
    versions.find((version) => isAsWanted(version, settings));
  const name = versions.length === 0 ? base : `${base}-${digest.slice(0, HASH_LENGTH)}`;
  return { name: found?.Name ?? name, labels: { [NAME_LABEL]: base, [DIGEST_LABEL]: digest }, found };
}

/**
 * Two networks cannot have one subnet: a swarm takes the second one, and its tasks wait forever. So one with a subnet of its own
 * cannot have a new version as long as the former one is there.
 *
 * @param what - the network as the user calls it: `network "front"`
 * @param former - the version that it has now
 * @param networks - all of the swarm
 * @throws Error before anything is made
 */
export function refuseSameSubnet(
  what: string,
  settings: NetworkSettings,
  former: NetworkInspect,
  networks: readonly NetworkInspect[],
): void {
  const taken = settings.ranges.flatMap(({ subnet = "" }) =>
    networks.filter(({ IPAM }) => (IPAM.Config ?? []).some(({ Subnet = "" }) => meet(subnet, Subnet))),
  );
  if (taken.length === 0) return;
  const subnets = settings.ranges.map(({ subnet }) => subnet).join(", ");
  const changed = changedSettings(former, settings).map(({ name }) => name);
  throw new Error(
    `The ${what} changes (${changed.join(", ")}). Docker changes no network, so a new one has to stand beside ${former.Name} until all ` +
      `services have moved, and no two networks can have one subnet: ${subnets} is that of ${taken.map(({ Name }) => Name).join(", ")}. ` +
      "Nothing was changed. Give it another subnet in the same change, or none, so that the swarm chooses one. Where it has to be this " +
      "one: move to another one first, and back with the next update.",
  );
}

function meet(one: string, other: string): boolean {
  const [a, b] = [parseCidr(one), parseCidr(other)];
  return a && b ? overlaps(a, b) : one === other;
}
