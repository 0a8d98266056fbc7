import type { Problem } from "../validation/problem";
import type { Cluster } from "./cluster";

/**
 * What one program calls its stacks on a cluster. A `Stack`, a `Service` and a `Job` are a stack of the swarm each: of one name, they would
 * end each other's services in every update.
 */
// eslint-disable-next-line no-restricted-syntax
const taken = new WeakMap<Cluster, Map<string, string>>();

/** @param me - what problems call it */
export function checkStackName(me: string, name: string, cluster: Cluster): Problem[] {
  const names = taken.get(cluster) ?? new Map<string, string>();
  taken.set(cluster, names);
  const other = names.get(name);
  names.set(name, other ?? me);
  if (!other) return [];
  const text = `is the name of ${other} on this cluster already, and the swarm would take both for one stack. Choose another one.`;
  return [{ where: "name", text }];
}
