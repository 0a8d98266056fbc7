import { showPending, type Waiting } from "../../foundation/context";
import { waitFor } from "../../foundation/wait";
import { slot, type InSession } from "../../foundation/session";

/**
 * Two ticks of raft, which the engine keeps at 1 s. A manager that joined hears with the leader's next heartbeat, one tick
 * later, that its own join is agreed upon, and cannot be elected before ("is unpromotable and can not campaign").
 */
const ELECTABLE_AFTER_MS = 2_000;

/** When this run first saw a manager in raft, by node ID; what an earlier run made is older than its own start. */
const seen = slot(() => new Map<string, number>());

/** The managers count a node as one of them. */
export function noteVoter(nodeId: string, { session }: InSession): void {
  const voters = session.get(seen);
  if (!voters.has(nodeId)) voters.set(nodeId, Date.now());
}

/**
 * Every voter can be elected. A leader that is demoted hands over to any of the others, new ones included
 * (transport.go, longestActive: it compares with a time that it never sets), and where that one cannot be elected, the swarm
 * accepts no change for half a minute: seen on Engine 26.1, in 4 of 26 demotions some tenths of a second after a join.
 */
export async function votersElectable(name: string, waiting: Waiting): Promise<void> {
  await waitFor(
    {
      name: "the newest manager can be elected",
      on: name,
      intervalMs: 100,
      timeoutMs: 2 * ELECTABLE_AFTER_MS,
      signal: waiting.signal,
      onPending: showPending(waiting, "demoting"),
    },
    async () => {
      const age = Date.now() - Math.max(0, ...waiting.session.get(seen).values());
      return age >= ELECTABLE_AFTER_MS ? { done: undefined } : { pending: "a manager has just joined" };
    },
  );
}
