/** Swarms that the program of this run has nodes in. In a destroy there are none: every resource is only deleted. */
const wanted = new Set<string>();

export function noteWanted({ clusterId }: { clusterId: string }): void {
  wanted.add(clusterId);
}

/** Whether nodes of a swarm shall stay; without any the whole swarm is meant to go. */
export function isWanted(clusterId: string): boolean {
  return wanted.has(clusterId);
}
