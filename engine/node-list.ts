import type { ManagerRef } from "../contract/connection";
import type { Waiting } from "./conditions";
import { onManager } from "./managers";
import { listNodes } from "./swarm-nodes";
import type { SwarmNodeInspect } from "./swarm-types";

/** Old enough that fifty waiting nodes cost a manager two lists a second, young enough to go unnoticed. */
const MAX_AGE_MS = 400;

interface Snapshot {
  at: number;
  nodes: Promise<SwarmNodeInspect[]>;
}

const snapshots = new Map<string, Snapshot>();

/**
 * The nodes of a swarm, at most 0.4 s old: one list serves all operations that wait at the same time. Asking for
 * each node by itself made the managers the bottleneck of large clusters.
 */
export function recentNodes(managers: readonly ManagerRef[], waiting: Waiting): Promise<SwarmNodeInspect[]> {
  const key = JSON.stringify(managers);
  const known = snapshots.get(key);
  if (known && Date.now() - known.at < MAX_AGE_MS) return known.nodes;
  const nodes = onManager(managers, waiting, (engine) => listNodes(engine, waiting.signal));
  const snapshot = { at: Date.now(), nodes };
  snapshots.set(key, snapshot);
  // Its age counts from the answer; a failure is the asking operation's alone.
  nodes.then(
    () => (snapshot.at = Date.now()),
    () => snapshots.delete(key),
  );
  return nodes;
}
