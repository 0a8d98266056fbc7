import type { HostFacts } from "./host-facts";
import { DEFAULT_MIN_VERSION, type WantedHost } from "./wanted";

interface Supported {
  /** What /etc/os-release calls it: ID. */
  ids: string[];
  /** Accepted main versions. */
  versions: string[];
  name: string;
}

/** Systems whose packages and services the scripts know. */
const SYSTEMS: readonly Supported[] = [
  { ids: ["debian"], versions: ["12", "13"], name: "Debian 12, 13" },
  { ids: ["raspbian"], versions: ["12", "13"], name: "Raspberry Pi OS 12, 13" },
  { ids: ["ubuntu"], versions: ["22.04", "24.04"], name: "Ubuntu 22.04, 24.04" },
  {
    ids: ["rhel", "rocky", "almalinux", "centos", "ol"],
    versions: ["9"],
    name: "RHEL 9 and its rebuilds (Rocky, Alma, CentOS Stream, Oracle)",
  },
];
const ARCHITECTURES = ["x86_64", "aarch64"];

const LEAST_MEMORY_MIB = 512;
const LEAST_DISK_MIB = 2_000;

/** Why a machine cannot be set up, with what would do; undefined where it can. */
export function whyUnsupported(facts: HostFacts): string | undefined {
  if (facts.uid !== 0)
    return 'the user has no root rights. Give `sudo: true` for this host, or `user: "root"`.';
  if (!ARCHITECTURES.includes(facts.arch))
    return `its architecture is ${facts.arch}. Supported: amd64 and arm64 (${ARCHITECTURES.join(", ")}).`;
  const system = SYSTEMS.find(({ ids }) => ids.includes(facts.os));
  const version = system?.versions.some(
    (known) => facts.osVersion === known || facts.osVersion.startsWith(`${known}.`),
  );
  if (!version)
    return `its system is ${facts.system}. Supported: ${SYSTEMS.map(({ name }) => name).join("; ")}.`;
  if (facts.memoryMiB < LEAST_MEMORY_MIB)
    return `it has ${facts.memoryMiB} MiB of memory. A node needs ${LEAST_MEMORY_MIB} MiB at least.`;
  if (facts.diskMiB < LEAST_DISK_MIB && !facts.engine)
    return `it has ${facts.diskMiB} MiB free below /var/lib. An engine and its images need ${LEAST_DISK_MIB} MiB at least.`;
  return undefined;
}

/** Why the engine of a machine that could be set up is not the one that is wanted. */
export function whyNotThisEngine(facts: HostFacts, wanted: WantedHost): string | undefined {
  return whyTooOld(facts, wanted) ?? whyOther(facts, wanted);
}

/** Why a machine must not be touched: it is another cluster's. */
export function whyForeign(facts: HostFacts, wanted: WantedHost): string | undefined {
  if (isOurs(facts, wanted)) return undefined;
  return (
    `it is a machine of ${withIdentity(facts)}, and this is ${withIdentity(wanted)}. Take it out there first, ` +
    `or if that cluster is gone: rm -r /var/lib/pulumi-swarm on that machine.`
  );
}

/** Names alone say it only of what is from before there were identities, and where the state lists it. */
function isOurs({ owner, identity, machine }: HostFacts, wanted: WantedHost): boolean {
  if (!owner && !identity) return true;
  const isListed = machine !== "" && machine === wanted.machine;
  if (identity) return wanted.identity ? identity === wanted.identity : isListed;
  return owner === wanted.owner && (isListed || wanted.older === true);
}

function withIdentity({ owner, identity }: Pick<HostFacts, "owner" | "identity">): string {
  return identity ? `${owner} (identity ${identity.slice(0, 8)})` : owner;
}

function whyTooOld({ engine }: HostFacts, wanted: WantedHost): string | undefined {
  const least = wanted.engine?.minVersion ?? DEFAULT_MIN_VERSION;
  if (!engine || compareVersions(engine, least) >= 0) return undefined;
  return (
    `its Docker Engine is ${engine}; at least ${least} is wanted. Update it, or accept it with ` +
    `engine: {minVersion: "${engine.split(".")[0]}"}.`
  );
}

/** An engine that runs is never replaced from here: that is an upgrade, with a drain before it. */
function whyOther({ engine }: HostFacts, wanted: WantedHost): string | undefined {
  const version = wanted.engine?.version;
  if (!engine || !version || compareVersions(engine, version) === 0) return undefined;
  return (
    `its Docker Engine is ${engine}, and engine.version asks for ${version}, which counts where none is installed. ` +
    `Install that one there, or leave engine.version out.`
  );
}

/** Compares as many parts as the second one has: 26.1.5 is 26.1. */
export function compareVersions(version: string, other: string): number {
  const [own, others] = [version, other].map((text) => text.split(/[.+~-]/).map(Number));
  for (const [index, part] of others.entries()) {
    const difference = (own[index] ?? 0) - part;
    if (difference !== 0) return difference;
  }
  return 0;
}
