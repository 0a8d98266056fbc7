import { createHash } from "node:crypto";
import type { NetworkInspect } from "../../docker/api/network";
import { ENCRYPTED_OPTION } from "../../docker/networks";
import type { NetworkInputs } from "../../schema/objects";
import { CLUSTER_LABEL, DIGEST_LABEL } from "../../schema/owner";
import { formatAddress, parseAddress, parseCidr } from "../../validation/cidr";

/** An IP range of a network. */
export interface NetworkRange {
  subnet?: string;
  gateway?: string;
  ipRange?: string;
}

/** What a network is, whoever writes it: a compose file, or a `Network` of the program. */
export interface NetworkSettings {
  driver: string;
  attachable: boolean;
  internal: boolean;
  options: Record<string, string>;
  ipamDriver: string;
  /** None where the swarm cuts one from its address pools. */
  ranges: NetworkRange[];
  /** Without those of whom it belongs to. */
  labels: Record<string, string>;
}

/** One thing that a network is and that is wanted otherwise. */
export interface NetworkDifference {
  name: string;
  there: unknown;
  here: unknown;
}

const OVERLAY = "overlay";
const DEFAULT_IPAM = "default";
/** The manager writes them beside what a network was made with (swarmkit, allocator/networkallocator, ovmanager). */
const FILLED_IN = ["com.docker.network.driver.overlay.vxlanid_list"];
/** Labels that say whose a network is. */
const OUR_LABELS = /^(com\.docker\.stack\.|pulumi-swarm\.)/;

export function settingsOf(inputs: NetworkInputs): NetworkSettings {
  const { subnet, gateway, ipRange } = inputs;
  return {
    driver: OVERLAY,
    attachable: inputs.attachable ?? false,
    internal: inputs.internal ?? false,
    options: { ...inputs.options, ...(inputs.encrypted ? { [ENCRYPTED_OPTION]: "" } : {}) },
    ipamDriver: DEFAULT_IPAM,
    ranges: subnet ? [{ subnet, gateway, ipRange }] : [],
    labels: inputs.labels ?? {},
  };
}

/** A network as a compose file has it, once Docker has merged it. */
export interface ComposeNetwork {
  name?: string;
  external?: unknown;
  driver?: string;
  driver_opts?: Record<string, string | number>;
  attachable?: boolean;
  internal?: boolean;
  ipam?: { driver?: string; config?: { subnet?: string }[] };
  labels?: Record<string, string>;
}

export function settingsOfCompose(network: ComposeNetwork): NetworkSettings {
  const options = Object.entries(network.driver_opts ?? {}).map(([name, value]) => [name, String(value)]);
  return {
    driver: network.driver || OVERLAY,
    attachable: network.attachable ?? false,
    internal: network.internal ?? false,
    options: Object.fromEntries(options) as Record<string, string>,
    ipamDriver: network.ipam?.driver || DEFAULT_IPAM,
    ranges: (network.ipam?.config ?? []).map(({ subnet }) => ({ subnet })),
    labels: network.labels ?? {},
  };
}

/** The same for the same settings, in whatever order they are written. */
export function settingsDigest({ options, labels, ranges, ...settings }: NetworkSettings): string {
  const flags = Object.entries(options).map(([name, value]) => [name, optionValue(name, value)]);
  const canonical = [
    sorted(settings),
    sorted(Object.fromEntries(flags) as object),
    sorted(labels),
    ranges.map(({ subnet, gateway, ipRange }) => [subnet, gateway, ipRange]),
  ];
  return createHash("sha256").update(JSON.stringify(canonical)).digest("hex");
}

/**
 * Whether a network is as wanted. One that carries a digest was made by a release that writes all its settings down; of others the
 * fields tell, and of these only what an engine does not fill in. Nobody can change a network, so what is equal stays equal.
 */
export function isAsWanted(found: NetworkInspect, wanted: NetworkSettings): boolean {
  return (
    found.Labels?.[DIGEST_LABEL] === settingsDigest(wanted) || changedSettings(found, wanted).length === 0
  );
}

/** What of a network that this program has made is wanted otherwise. Of what is left open anything will do. */
export function changedSettings(found: NetworkInspect, wanted: NetworkSettings): NetworkDifference[] {
  // Until there were digests, labels changed in a file and never in the swarm: no reason to move everybody now.
  const isMarked = found.Labels?.[DIGEST_LABEL] !== undefined;
  const there = withoutOurs(found.Labels);
  return [
    ...differencesOf(found, wanted),
    // Nobody knows what the driver of somebody else adds, and who has made a network by hand may have given it more.
    ...(isMarked || (wanted.driver === OVERLAY && CLUSTER_LABEL in (found.Labels ?? {}))
      ? missing("options", optionsOf(found), wanted.options)
      : []),
    ...(isMarked
      ? [...named("labels", there, wanted.labels), ...missing("labels", there, wanted.labels)]
      : []),
  ];
}

/** What of a network is otherwise than what is said of it. What nothing is said of may be anything, but for `encrypted`. */
export function differencesOf(found: NetworkInspect, wanted: NetworkSettings): NetworkDifference[] {
  const { [ENCRYPTED_OPTION]: encrypted, ...options } = wanted.options;
  const { [ENCRYPTED_OPTION]: isEncrypted, ...there } = optionsOf(found);
  const pairs: NetworkDifference[] = [
    { name: "driver", there: found.Driver, here: wanted.driver },
    { name: "attachable", there: found.Attachable, here: wanted.attachable },
    { name: "internal", there: found.Internal, here: wanted.internal },
    { name: "encrypted", there: isEncrypted !== undefined, here: encrypted !== undefined },
    { name: "ipam.driver", there: found.IPAM.Driver || DEFAULT_IPAM, here: wanted.ipamDriver },
    ...wanted.ranges.flatMap((range, index) => rangeOf(found.IPAM.Config?.[index] ?? {}, range)),
    ...named("options", there, options),
  ];
  return pairs.filter(({ there: is, here }) => is !== here);
}

/** What is said of labels. */
export function labelDifferences(
  found: NetworkInspect,
  { labels }: Pick<NetworkSettings, "labels">,
): NetworkDifference[] {
  return named("labels", found.Labels ?? {}, labels);
}

function rangeOf(
  { Subnet, Gateway, IPRange }: { Subnet?: string; Gateway?: string; IPRange?: string },
  { subnet, gateway, ipRange }: NetworkRange,
): NetworkDifference[] {
  return [
    { name: "subnet", there: Subnet, here: subnet && isSameRange(subnet, Subnet) ? Subnet : subnet },
    { name: "gateway", there: Gateway, here: gateway ?? Gateway },
    { name: "ipRange", there: IPRange || undefined, here: ipRange ?? (IPRange || undefined) },
  ];
}

/** Engines differ in whether they keep the bits of a host in a subnet, and in how they write IPv6. */
function isSameRange(one: string, other = ""): boolean {
  const [a, b] = [firstOf(one), firstOf(other)];
  return a === undefined || b === undefined ? one.includes(":") && other.includes(":") : a === b;
}

function firstOf(range: string): string | undefined {
  const [address, prefix] = range.split("/");
  const parsed = parseAddress(address);
  if (parsed === undefined || prefix === undefined) return undefined;
  const size = 2 ** (32 - Number(prefix));
  return parseCidr(`${formatAddress(Math.floor(parsed / size) * size)}/${prefix}`)?.text;
}

function named(
  what: string,
  found: Record<string, string>,
  wanted: Record<string, string>,
): NetworkDifference[] {
  return Object.entries(wanted)
    .map(([name, here]) => ({ name: `${what}.${name}`, there: found[name], here }))
    .filter(({ there, here }) => there !== here);
}

/** What is there and is not wanted. */
function missing(
  what: string,
  found: Record<string, string>,
  wanted: Record<string, string>,
): NetworkDifference[] {
  return Object.keys(found)
    .filter((name) => !(name in wanted) && name !== ENCRYPTED_OPTION)
    .map((name) => ({ name: `${what}.${name}`, there: found[name], here: undefined }));
}

function optionsOf({ Options }: NetworkInspect): Record<string, string> {
  const options = Object.entries(Options ?? {}).filter(([name]) => !FILLED_IN.includes(name));
  return Object.fromEntries(options);
}

function withoutOurs(labels: NetworkInspect["Labels"]): Record<string, string> {
  return Object.fromEntries(Object.entries(labels ?? {}).filter(([name]) => !OUR_LABELS.test(name)));
}

/** That of a flag says nothing. */
function optionValue(name: string, value: string): string {
  return name === ENCRYPTED_OPTION ? "" : value;
}

function sorted(value: object): [string, unknown][] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}
