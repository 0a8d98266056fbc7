import type { Owner } from "../schema/owner";
import { slot, type InSession } from "../foundation/session";

/** Machines that this run started, by identity; and whose cluster or swarm was amiss and is put right just now. */
const memory = slot(() => ({ started: new Set<string>(), repaired: new Set<string>() }));

/** Notes a machine that did not run. Its swarm may not have noticed, so nobody has told that its node is not Ready. */
export function noteStarted({ owner }: { owner: Owner }, machine: string, { session }: InSession): void {
  const { started, repaired } = session.get(memory);
  started.add(machine);
  repaired.add(keyOf(owner));
}

export function wasStarted(machine: string, { session }: InSession): boolean {
  return session.get(memory).started.has(machine);
}

/** Notes a swarm of which a node was not Ready, or lost: its services are short of tasks, or will be when it notices. */
export function noteRepaired({ clusterId }: { clusterId: string }, { session }: InSession): void {
  session.get(memory).repaired.add(clusterId);
}

/** Whether something in the cluster of an object was put right in this run, before the object's turn. */
export function wasRepaired(
  { owner, clusterId }: { owner: Owner; clusterId: string },
  { session }: InSession,
): boolean {
  const { repaired } = session.get(memory);
  return repaired.has(clusterId) || repaired.has(keyOf(owner));
}

function keyOf({ project, stack, cluster }: Owner): string {
  return JSON.stringify([project, stack, cluster]);
}
