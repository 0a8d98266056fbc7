import { isDead, removalOf } from "./dead-nodes";
import { count, fail, machineRule, pass, swarmRule, warn, type Rule } from "./finding";
import { givenName, nodeName } from "../../swarm/nodes/node-name";
import { SWARM_COMMAND, upCommand } from "../../foundation/command-lines";

/** What this project supports inside of nodes. */
const OLDEST_ENGINE = 25;

/**
 * Kubernetes evicts where 15 % of the images' disk are left; swarm has no such guard, and a manager with a full disk
 * can write no raft log. Source: https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/
 */
const LITTLE_DISK = 0.15;
const NO_DISK = 0.05;

const REFRESH = `Bring back what the program asks for: ${upCommand("--refresh")}`;

export const nodeRules: Rule[] = [
  machineRule("machines answer", ({ machines }) => {
    const silent = machines.filter(({ failure }) => failure);
    if (silent.length === 0) return pass(`all ${machines.length}`);
    return fail(silent.map(({ name, failure }) => `${name}: ${failure}`).join("; "), REFRESH);
  }),

  swarmRule("nodes up", ({ nodes }, { wanted, machines }) => {
    const entryOf = (name: string) => nodes.filter((node) => givenName(node) === name);
    const missing = wanted.nodes
      .map(({ name }) => ({ name, entries: entryOf(name) }))
      .filter(({ entries }) => entries.every(({ Status }) => Status.State !== "ready"));
    if (missing.length === 0) return pass(`all ${wanted.nodes.length} of the program`);
    const removals = missing
      .flatMap(({ entries }) => entries.filter((node) => isDead(node, nodes, machines)))
      .map(removalOf);
    return fail(
      missing.map(({ name, entries }) => `${name} is ${entries[0]?.Status.State ?? "no member"}`).join(", "),
      [...removals, ...(removals.length < missing.length ? [REFRESH] : [])].join("; "),
    );
  }),

  swarmRule("nodes of others", ({ nodes }, { wanted }) => {
    const ready = new Set(nodes.filter(({ Status }) => Status.State === "ready").map(givenName));
    const strangers = nodes.filter(
      (node) =>
        !wanted.nodes.some(({ name }) => name === givenName(node)) ||
        (node.Status.State !== "ready" && ready.has(givenName(node))),
    );
    if (strangers.length === 0) return pass("none");
    return warn(
      strangers.map((node) => `${nodeName(node)} (${node.ID}) is ${node.Status.State}`).join(", "),
      `They are not in the program. Those that are Down for good: ${SWARM_COMMAND} docker node rm --force ID`,
    );
  }),

  swarmRule("availability", ({ nodes }, { wanted }) => {
    const different = nodes.flatMap((node) => {
      const { Spec, Status } = node;
      const want = wanted.nodes.find(({ name }) => name === givenName(node));
      if (!want || Status.State !== "ready" || want.availability === Spec.Availability) return [];
      return [`${want.name} is ${Spec.Availability}, the program says ${want.availability}`];
    });
    return different.length === 0 ? pass("as the program asks") : warn(different.join("; "), REFRESH);
  }),

  swarmRule("engine versions", ({ nodes }) => {
    const byVersion = new Map<string, string[]>();
    for (const node of nodes) {
      if (node.Status.State !== "ready") continue;
      const version = node.Description.Engine.EngineVersion ?? "an unknown version";
      byVersion.set(version, [...(byVersion.get(version) ?? []), nodeName(node)]);
    }
    const versions = [...byVersion.keys()];
    const found = versions.map((version) => `${version} on ${shortList(byVersion.get(version) ?? [])}`);
    if (versions.some((version) => parseInt(version, 10) < OLDEST_ENGINE)) {
      return fail(
        found.join("; "),
        `Upgrade what is older than Engine ${OLDEST_ENGINE}, one manager at a time.`,
      );
    }
    if (versions.length > 1) {
      return warn(
        found.join("; "),
        "Finish the upgrade, one manager at a time; mixed versions are for its duration.",
      );
    }
    return pass(versions[0] ?? "none known");
  }),

  machineRule("disk space", ({ machines }) => {
    const disks = machines.flatMap(({ name, disk }) =>
      disk ? [{ name, ...disk, part: disk.freeKiB / disk.sizeKiB }] : [],
    );
    if (disks.length === 0) return undefined;
    const describe = ({ name, freeKiB, part }: (typeof disks)[number]) =>
      `${name} ${(freeKiB / 2 ** 20).toFixed(1)} GiB (${Math.floor(part * 100)} %)`;
    const low = disks.filter(({ part }) => part < LITTLE_DISK);
    if (low.length === 0) {
      const least = disks.reduce((a, b) => (b.part < a.part ? b : a));
      return pass(`least is free on ${describe(least)}`);
    }
    const judge = low.some(({ part }) => part < NO_DISK) ? fail : warn;
    return judge(
      `little is free: ${low.map(describe).join(", ")}`,
      "Free some there: docker system df, docker system prune, docker image prune --all; or give it a larger disk.",
    );
  }),
];

const SHOWN = 3;

function shortList(names: readonly string[]): string {
  return names.length <= SHOWN ? names.join(", ") : count(names.length, "node");
}
