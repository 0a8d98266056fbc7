import { slot, type InSession } from "../foundation/session";

/** Swarms that the program of this run has nodes in. In a destroy there are none: every resource is only deleted. */
const wanted = slot(() => new Set<string>());

export function noteWanted({ clusterId }: { clusterId: string }, { session }: InSession): void {
  session.get(wanted).add(clusterId);
}

/** Whether nodes of a swarm shall stay; without any the whole swarm is meant to go. */
export function isWanted(clusterId: string, { session }: InSession): boolean {
  return session.get(wanted).has(clusterId);
}
