import { unusualSettings } from "../../swarm/swarm-spec";
import type { FoundNode, FoundSwarm } from "./gather-swarm";
import { comment, literal } from "./literal";

/** As the provider's scripts have it (hosts/wanted.ts): older ones have to be accepted. */
const LEAST_ENGINE = 25;

const LOGIN_COMMENT =
  "// How SSH reaches the machines is not known from here. Complete it: address, hostKey, user, identityFile, sudo.";

/** `new SwarmCluster(…)` for the swarm, its machines left as they are. */
export function clusterText(name: string, found: FoundSwarm): string {
  const managers = found.nodes.filter(({ role }) => role === "manager");
  const workers = found.nodes.filter(({ role }) => role === "worker");
  const settings = unusualSettings(found.swarm);
  const args = [
    "adopt: true,",
    `platform: ${platformText(found)},`,
    `managers: ${literal(pool(managers), "  ")},`,
    ...(workers.length > 0 ? [`workers: ${literal([{ name: "worker", ...pool(workers) }], "  ")},`] : []),
    ...(managers.length % 2 === 0 ? ["allowEvenManagers: true,"] : []),
    ...(Object.keys(settings).length > 0 ? [`swarm: ${literal(settings, "  ")},`] : []),
  ];
  const down =
    found.down.length > 0
      ? `${comment(`Down, and so left out: ${found.down.join(", ")}. Nothing of them is taken over.`)}\n`
      : "";
  return `${down}const cluster = new SwarmCluster(${literal(name)}, {\n${args.map((line) => `  ${line}\n`).join("")}});`;
}

function platformText({ nodes, login }: FoundSwarm): string {
  const hosts = nodes.map(({ name, address, sshAddress, hostKey }) => ({
    name,
    address: sshAddress ?? address,
    privateAddress: sshAddress && address,
    hostKey,
  }));
  const oldest = Math.min(...nodes.map(({ engine }) => parseInt(engine, 10) || LEAST_ENGINE));
  const engine = { source: "present", minVersion: oldest < LEAST_ENGINE ? String(oldest) : undefined };
  const lines = [
    ...(login ? hostKeyComments(hosts) : [LOGIN_COMMENT]),
    `hosts: ${literal(hosts, "    ")},`,
    `defaults: ${literal(login ?? {}, "    ")},`,
    "// The machines stay as they are. Without a line of these, that part is set up and kept as well.",
    `engine: ${literal(engine)},`,
    "time: { manage: false },",
    "firewall: { manage: false },",
    "kernel: false,",
  ];
  return `new SshPlatform({\n${lines.map((line) => `    ${line}\n`).join("")}  })`;
}

function hostKeyComments(hosts: readonly { name: string; hostKey?: string }[]): string[] {
  const unknown = hosts.filter(({ hostKey }) => !hostKey).map(({ name }) => name);
  return [
    ...(unknown.length > 0
      ? [`// ${unknown.join(", ")}: no SSH server answered there. Give the address of one, and its host key.`]
      : []),
    "// Host keys as they were presented when this was written; nobody vouched for them. Compare: ssh-keygen -l",
  ];
}

function pool(nodes: readonly FoundNode[]): object {
  const labelled = nodes.filter(({ labels }) => Object.keys(labels).length > 0);
  const idle = nodes.filter(({ availability }) => availability !== "active");
  return {
    names: nodes.map(({ name }) => name),
    nodeLabels: byNode(labelled, ({ labels }) => labels),
    nodeAvailability: byNode(idle, ({ availability }) => availability),
  };
}

function byNode<T>(
  nodes: readonly FoundNode[],
  valueOf: (node: FoundNode) => T,
): Record<string, T> | undefined {
  return nodes.length > 0 ? Object.fromEntries(nodes.map((node) => [node.name, valueOf(node)])) : undefined;
}
