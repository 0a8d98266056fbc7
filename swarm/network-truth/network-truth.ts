import type { ManagerRef } from "../../schema/connection";
import type { Waiting } from "../../foundation/context";
import { waitFor, WaitTimeout } from "../../foundation/wait";
import { judgeNetworks, notLookedAt } from "./judge-networks";
import { lookAtNetworks, type MachineOfNode, type NetworkLook } from "./look";
import type { Wrong } from "./wrong";

/** Gossip takes tenths of a second, a task that comes or goes seconds; what is wrong for so long will stay so. */
const CONFIRM_MS = 8_000;
const INTERVAL_MS = 2_000;

export interface NetworkTruth {
  /** What was wrong in every look. */
  wrong: Wrong[];
  notLookedAt: string[];
  /** The last look. */
  look: NetworkLook;
}

/**
 * Looks, and where something is wrong looks again: tasks come and go, and word of it takes its time.
 *
 * @param judged - what is looked for. Default: everything.
 */
export async function networkTruth(
  managers: readonly ManagerRef[],
  machines: readonly MachineOfNode[],
  waiting: Waiting,
  judged: (look: NetworkLook) => Wrong[] = judgeNetworks,
): Promise<NetworkTruth> {
  let last: NetworkTruth | undefined;
  const condition = {
    name: "the nodes' networks agree with the managers",
    intervalMs: INTERVAL_MS,
    timeoutMs: waiting.timeoutMs ?? CONFIRM_MS,
    signal: waiting.signal,
  };
  try {
    return await waitFor<NetworkTruth>(condition, async () => {
      const look = await lookAtNetworks(managers, machines, waiting);
      const before = last?.wrong;
      const wrong = judged(look).filter(({ key }) => !before || before.some((one) => one.key === key));
      last = { wrong, notLookedAt: notLookedAt(look), look };
      return wrong.length === 0 ? { done: last } : { pending: wrong.map(({ text }) => text).join("; ") };
    });
  } catch (error) {
    if (!(error instanceof WaitTimeout) || !last) throw error;
    return last;
  }
}
