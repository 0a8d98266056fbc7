import type { NodeRequest } from "../platform";
import type { SshHostArgs } from "./args";

/**
 * Which host each node gets: the one of its name, and the nodes whose names no host has get the hosts that are left, in
 * order. A node for which there is none is missing from the answer.
 */
export function assign(
  nodes: readonly NodeRequest[],
  hosts: readonly SshHostArgs[],
): Map<string, SshHostArgs> {
  const byName = new Map(hosts.map((host) => [host.name, host]));
  const wanted = new Set(nodes.map(({ name }) => name));
  const left = hosts.filter(({ name }) => !wanted.has(name));
  const assigned = nodes.map(({ name }) => [name, byName.get(name) ?? left.shift()] as const);
  return new Map(assigned.filter((pair): pair is [string, SshHostArgs] => pair[1] !== undefined));
}
