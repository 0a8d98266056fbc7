import type { ManagerRef } from "../../schema/connection";
import type { Waiting } from "../../foundation/context";
import { onManager } from "../managers";
import { listNodes } from "../../docker/nodes";
import type { SwarmNodeInspect } from "../../docker/api/node";
import { slot } from "../../foundation/session";

/** Old enough that fifty waiting nodes cost a manager two lists a second, young enough to go unnoticed. */
const MAX_AGE_MS = 400;
/** A short list costs little, and what waits for it is soon done. */
const AGE_PER_NODE_MS = 8;

interface Snapshot {
  at: number;
  /** How long it serves others. */
  lastsMs: number;
  nodes: Promise<SwarmNodeInspect[]>;
}

const lists = slot(() => new Map<string, Snapshot>());

/**
 * The nodes of a swarm, at most 0.4 s old, in a small one less: one list serves all operations that wait at the same
 * time. Asking for each node by itself made the managers the bottleneck of large clusters.
 *
 * @param maxAgeMs - for who looks for what is older than any list of this run.
 */
export function recentNodes(
  managers: readonly ManagerRef[],
  waiting: Waiting,
  maxAgeMs = 0,
): Promise<SwarmNodeInspect[]> {
  const snapshots = waiting.session.get(lists);
  const key = JSON.stringify(managers);
  const known = snapshots.get(key);
  if (known && Date.now() - known.at < Math.max(known.lastsMs, maxAgeMs)) return known.nodes;
  const nodes = onManager(managers, waiting, (engine) => listNodes(engine, waiting.signal));
  const snapshot: Snapshot = { at: Date.now(), lastsMs: MAX_AGE_MS, nodes };
  snapshots.set(key, snapshot);
  // Its age counts from the answer; a failure is the asking operation's alone.
  nodes.then(
    ({ length }) =>
      Object.assign(snapshot, { at: Date.now(), lastsMs: Math.min(MAX_AGE_MS, length * AGE_PER_NODE_MS) }),
    () => snapshots.delete(key),
  );
  return nodes;
}
