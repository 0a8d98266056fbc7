import type { ManagerRef } from "../../schema/connection";
import { showPending, type Waiting } from "../../foundation/context";
import { recentNodes } from "./node-list";
import { waitFor } from "../../foundation/wait";

/** As long as an election is waited for elsewhere (managers.ts). */
const LEADER_TIMEOUT_MS = 35_000;

/**
 * The address of the leader, as `HOST:PORT`. A manager that was cut off and comes back makes the others elect anew: for
 * some seconds they may answer a list of nodes in which nobody leads.
 *
 * @param name - whose operation needs it, for messages.
 */
export function leaderAddress(
  name: string,
  managers: readonly ManagerRef[],
  waiting: Waiting,
): Promise<string> {
  return waitFor<string>(
    {
      name: "the swarm shows a leader",
      on: name,
      intervalMs: 250,
      timeoutMs: LEADER_TIMEOUT_MS,
      signal: waiting.signal,
      onPending: showPending(waiting, "waiting for a leader"),
      remedy: "More than half of the managers must run. Then run the same command again.",
    },
    async () => {
      const nodes = await recentNodes(managers, waiting);
      const leader = nodes.find(({ ManagerStatus }) => ManagerStatus?.Leader);
      return leader?.ManagerStatus?.Addr
        ? { done: leader.ManagerStatus.Addr }
        : { pending: `none of ${nodes.length} nodes leads` };
    },
  );
}
