import type { Owner } from "../contract/owner";

/** Machines that this process started, by identity; and whose cluster or swarm was amiss and is put right just now. */
const started = new Set<string>();
const repaired = new Set<string>();

/** Notes a machine that did not run. Its swarm may not have noticed, so nobody has told that its node is not Ready. */
export function noteStarted({ owner }: { owner: Owner }, machine: string): void {
  started.add(machine);
  repaired.add(keyOf(owner));
}

export function wasStarted(machine: string): boolean {
  return started.has(machine);
}

/** Notes a swarm of which a node was not Ready, or lost: its services are short of tasks, or will be when it notices. */
export function noteRepaired({ clusterId }: { clusterId: string }): void {
  repaired.add(clusterId);
}

/** Whether something in the cluster of an object was put right in this run, before the object's turn. */
export function wasRepaired({ owner, clusterId }: { owner: Owner; clusterId: string }): boolean {
  return repaired.has(clusterId) || repaired.has(keyOf(owner));
}

function keyOf({ project, stack, cluster }: Owner): string {
  return JSON.stringify([project, stack, cluster]);
}
