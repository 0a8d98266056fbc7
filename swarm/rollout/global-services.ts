import { showPending, type Waiting } from "../../foundation/context";
import { onManager } from "../managers";
import type { ManagerRef } from "../../schema/connection";
import type { Member } from "../nodes/standing";
import { allServices } from "../../docker/services";
import { wantedTasks } from "../../docker/nodes";
import type { Task } from "../../docker/api/task";
import { waitFor, WaitTimeout } from "../../foundation/wait";

/** Tasks of a node that has just become active are made within a tenth of a second of it. */
const MADE_WITHIN_MS = 500;

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

/**
 * Waits until the tasks that global services have on these nodes run: nodes that have just become active get theirs last,
 * and are in service only with them. Answers what does not run at the end, by service; empty where all do.
 */
export async function globalServicesRunOn(
  nodeIds: readonly string[],
  managers: readonly ManagerRef[],
  waiting: Waiting,
): Promise<string[]> {
  const start = Date.now();
  let lacking: string[] = [];
  const look = () =>
    onManager(managers, waiting, async (engine) => {
      const services = (await allServices(engine, waiting.signal)).filter(({ Spec }) => Spec.Mode.Global);
      if (services.length === 0) return undefined;
      const tasks = await wantedTasks(engine, waiting.signal);
      const late = tasks.filter(
        ({ NodeID, Status }) =>
          NodeID !== undefined && nodeIds.includes(NodeID) && Status.State !== "running",
      );
      return services
        .map(({ ID, Spec }) => ({
          name: Spec.Name,
          late: late.filter(({ ServiceID }) => ServiceID === ID).length,
        }))
        .filter((service) => service.late > 0)
        .map((service) => `${service.name} (${service.late})`);
    });
  try {
    await waitFor<void>(
      {
        name: "global services run on the nodes that became active",
        on: `${nodeIds.length} nodes`,
        intervalMs: 250,
        timeoutMs: START_TIMEOUT_MS,
        signal: waiting.signal,
        onPending: showPending(waiting, "starting"),
      },
      async () => {
        const seen = await look();
        lacking = seen ?? [];
        const isOver = seen === undefined || (seen.length === 0 && Date.now() - start >= MADE_WITHIN_MS);
        return isOver ? { done: undefined } : { pending: seen.join(", ") || "tasks are made" };
      },
    );
  } catch (error) {
    if (!(error instanceof WaitTimeout)) throw error;
  }
  return lacking;
}
