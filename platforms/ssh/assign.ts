import type { NodeRequest } from "../platform";
import type { SshHostArgs, SshMachine } from "./args";

/**
 * Which host each node gets: the one of its name, and the nodes whose names no host has get the hosts that are left, in
 * order: a pool that names its hosts out of those, the others out of those that no pool names. A node for which there is
 * none is missing from the answer.
 */
export function assign(
  nodes: readonly NodeRequest<SshMachine>[],
  hosts: readonly SshHostArgs[],
): Map<string, SshHostArgs> {
  const byName = new Map(hosts.map((host) => [host.name, host]));
  const wanted = new Set(nodes.map(({ name }) => name));
  const reserved = new Set(nodes.flatMap(({ machine }) => namedBy(machine) ?? []));
  const left = hosts.filter(({ name }) => !wanted.has(name));
  const next = ({ machine }: NodeRequest<SshMachine>) => {
    const mayHave = (host: SshHostArgs) => namedBy(machine)?.includes(host.name) ?? !reserved.has(host.name);
    const index = left.findIndex(mayHave);
    return index < 0 ? undefined : left.splice(index, 1)[0];
  };
  const assigned = nodes.map((node) => [node.name, byName.get(node.name) ?? next(node)] as const);
  return new Map(assigned.filter((pair): pair is [string, SshHostArgs] => pair[1] !== undefined));
}

/** What is no list has been reported. */
function namedBy(machine?: SshMachine | null): string[] | undefined {
  return Array.isArray(machine?.hosts) ? machine.hosts : undefined;
}
