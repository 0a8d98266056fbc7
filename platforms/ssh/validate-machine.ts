import { unknownKeys } from "../../validation/unknown-keys";
import { isMapping } from "../../validation/node";
import { show, type Problem } from "../../validation/problem";
import type { PoolMachine } from "../platform";
import type { SshHostArgs, SshMachine } from "./args";

/** What is wrong with what the pools ask of their machines. */
export function checkSshMachines(
  machines: readonly PoolMachine<SshMachine>[],
  hosts: readonly SshHostArgs[],
): Problem[] {
  const first = new Map<string, string>();
  return machines.flatMap(({ where, machine, count }) => {
    if (!isMapping(machine))
      return [
        { where, text: `${show(machine)} is no mapping of settings. Write it like { hosts: ["alpha"] }.` },
      ];
    const problems = unknownKeys(where, machine, ["hosts"]);
    const names: unknown = machine.hosts;
    if (names === undefined) return problems;
    const at = `${where}.hosts`;
    if (!Array.isArray(names))
      return [
        ...problems,
        { where: at, text: `${show(names)} is no list of hosts. Write it like [alpha, beta].` },
      ];
    for (const [index, name] of names.entries()) {
      const before = first.get(String(name));
      first.set(String(name), before ?? at);
      if (!hosts.some((host) => host.name === name))
        problems.push({ where: `${at}[${index}]`, text: `${show(name)} is no host. Name one of \`hosts\`.` });
      else if (before !== undefined)
        problems.push({
          where: `${at}[${index}]`,
          text: `${show(name)} is in ${before} already. Each host is one machine.`,
        });
    }
    if (problems.length === 0 && names.length < count)
      problems.push({
        where: at,
        text: `the pool has ${count} nodes, and ${names.length} hosts are named. Name ${count - names.length} more.`,
      });
    return problems;
  });
}
