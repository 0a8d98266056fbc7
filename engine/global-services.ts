import { showPending, type Waiting } from "./conditions";
import { onManager } from "./managers";
import type { Member } from "./membership";
import { allServices } from "./services";
import { wantedTasks } from "./swarm-nodes";
import type { Task } from "./swarm-types";
import { waitFor, WaitTimeout } from "./wait";

/** A task that does not run by then is broken where it is, and no reason to keep another node. */
const START_TIMEOUT_MS = 60_000;

/**
 * Before a drain: the successor of a node has just joined, and the task of a global service on it may be starting still.
 * Where all the others are, the service would be out of service until one runs. Nothing in the engine waits for that.
 */
export async function globalServicesRunElsewhere(
  { managers, nodeId, name }: Member,
  timeoutMs: number,
  waiting: Waiting,
): Promise<void> {
  const lacking = () =>
    onManager(managers, waiting, async (engine) => {
      const [services, tasks] = await Promise.all([
        allServices(engine, waiting.signal),
        wantedTasks(engine, waiting.signal),
      ]);
      return services
        .filter(({ ID, Spec }) => {
          const own = tasks.filter(({ ServiceID }) => ServiceID === ID);
          const elsewhere = own.filter(({ NodeID }) => NodeID !== nodeId);
          const runs = (some: Task[]) => some.some(({ Status }) => Status.State === "running");
          return Spec.Mode.Global && elsewhere.length > 0 && runs(own) && !runs(elsewhere);
        })
        .map(({ Spec }) => Spec.Name)
        .join(", ");
    });
  try {
    await waitFor(
      {
        name: "its global services run elsewhere",
        on: name,
        intervalMs: 250,
        timeoutMs: Math.min(timeoutMs, START_TIMEOUT_MS),
        signal: waiting.signal,
        onPending: showPending(waiting, "waiting"),
      },
      async () => {
        const services = await lacking();
        return services ? { pending: `${services} runs nowhere else yet` } : { done: undefined };
      },
    );
  } catch (error) {
    if (!(error instanceof WaitTimeout)) throw error;
  }
}
