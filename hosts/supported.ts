import type { Facts } from "./facts";

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
export function whyUnsupported(facts: Facts): string | undefined {
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
