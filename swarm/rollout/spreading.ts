import { showPending, type Waiting } from "../../foundation/context";
import { heardNodes } from "../nodes/heard-nodes";
import { onManager } from "../managers";
import type { Member } from "../nodes/standing";
import { allServices, forceUpdate } from "../../docker/services";
import type { Service } from "../../docker/api/service";
import { hasFailed } from "./service-standing";
import { changeNode, runningTasks } from "../../docker/nodes";
import type { SwarmNodeInspect } from "../../docker/api/node";
import type { Task } from "../../docker/api/task";
import { waitFor, WaitTimeout } from "../../foundation/wait";

/**
 * Before a drain: a drain stops all tasks of a node at once, so a service whose tasks all run there would be out of
 * service until new ones run. Such a service is moved first, task by task, by its own update settings: the node takes
 * no new tasks, and a forced update starts its tasks elsewhere. What does not move in time is left to the drain.
 *
 * @param held - IDs of services that wait for the node's next machine
 */
export async function spreadFrom(
  member: Member,
  timeoutMs: number,
  waiting: Waiting,
  held: ReadonlySet<string> = new Set(),
): Promise<void> {
  const { managers, nodeId, name } = member;
  // Nobody seems to take tasks as long as a new leader has not heard from anybody.
  const nodes = await heardNodes(managers, waiting, ({ ID }) => ID !== nodeId);
  const concentrated = await onManager(managers, waiting, async (engine) => {
    const [services, tasks] = await Promise.all([
      allServices(engine, waiting.signal),
      runningTasks(engine, waiting.signal),
    ]);
    return nodes.some((node) => takesTasks(node, nodeId))
      ? services.filter((service) => !held.has(service.ID) && runsOnlyOn(nodeId, service, tasks))
      : [];
  });
  if (concentrated.length === 0) return;
  waiting.progress(
    `moving ${concentrated.map(({ Spec }) => Spec.Name).join(", ")} from ${name} task by task`,
  );
  await onManager(managers, waiting, async (engine) => {
    await changeNode(engine, nodeId, (spec) => ({ ...spec, Availability: "pause" }), waiting.signal);
    for (const { ID } of concentrated) await forceUpdate(engine, ID, waiting.signal);
  });
  try {
    await waitFor(
      {
        name: "its services run elsewhere",
        on: name,
        intervalMs: 500,
        timeoutMs,
        signal: waiting.signal,
        onPending: showPending(waiting, "moving"),
      },
      async () => {
        const left = await stillThere(member, concentrated, waiting);
        return left ? { pending: left } : { done: undefined };
      },
    );
  } catch (error) {
    if (!(error instanceof WaitTimeout)) throw error;
  }
}

/** Several replicas, or one that its own settings replace before it is stopped: others have a gap in any case. */
function runsOnlyOn(nodeId: string, { ID, Spec }: Service, tasks: readonly Task[]): boolean {
  const replicas = Spec.Mode.Replicated?.Replicas ?? 0;
  if (replicas === 0 || (replicas === 1 && Spec.UpdateConfig?.Order !== "start-first")) return false;
  const own = tasks.filter(({ ServiceID }) => ServiceID === ID);
  return own.length > 0 && own.every(({ NodeID }) => NodeID === nodeId);
}

function takesTasks({ ID, Spec, Status }: SwarmNodeInspect, leaving: string): boolean {
  return ID !== leaving && Spec.Availability === "active" && Status.State === "ready";
}

/** Services that are still on their way; empty when all have moved or given up. */
function stillThere(
  { managers, nodeId }: Member,
  moving: readonly Service[],
  waiting: Waiting,
): Promise<string> {
  return onManager(managers, waiting, async (engine) => {
    const [services, tasks] = await Promise.all([
      allServices(engine, waiting.signal),
      runningTasks(engine, waiting.signal),
    ]);
    const ids = new Set(moving.map(({ ID }) => ID));
    return services
      .filter(({ ID }) => ids.has(ID))
      .map((service) => ({ service, here: countOn(nodeId, service, tasks) }))
      .filter(({ service: { UpdateStatus }, here }) => {
        // The engine begins the update a moment after it was asked to.
        if (UpdateStatus?.State === "updating") return true;
        return here > 0 && !hasFailed(UpdateStatus?.State);
      })
      .map(({ service, here }) => `${service.Spec.Name} has ${here} tasks there`)
      .join(", ");
  });
}

function countOn(nodeId: string, { ID }: Service, tasks: readonly Task[]): number {
  return tasks.filter(({ ServiceID, NodeID }) => ServiceID === ID && NodeID === nodeId).length;
}
