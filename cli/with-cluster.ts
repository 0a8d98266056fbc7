import { closeConnections } from "../docker/connect";
import type { Waiting } from "../foundation/context";
import { Session } from "../foundation/session";
import type { RecordedCluster } from "../schema/cluster-record";
import { recordedCluster } from "./recorded-cluster";
import type { Target } from "./stack-state";
import { cancellable } from "./steps";

/** Runs a command with the cluster of its stack, and closes its connections. Ctrl-C is a cancellation. */
export function withCluster<T>(
  target: Target,
  work: (wanted: RecordedCluster, waiting: Waiting) => Promise<T>,
): Promise<T> {
  return cancellable(async (signal) => {
    const wanted = await recordedCluster(target);
    const waiting = {
      signal,
      session: new Session(),
      progress: (text: string) => console.error(text),
    };
    try {
      return await work(wanted, waiting);
    } finally {
      closeConnections(waiting);
    }
  });
}
