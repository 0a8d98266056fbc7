import { showPending, type Waiting } from "../../foundation/context";
import { globalServicesRunElsewhere } from "./global-services";
import { heldServices } from "./held-services";
import { onManager } from "../managers";
import type { Member } from "../nodes/standing";
import { allServices } from "../../docker/services";
import { spreadFrom } from "./spreading";
import { changeNode, tasksOn } from "../../docker/nodes";
import { waitFor, WaitTimeout } from "../../foundation/wait";
import { SWARM_COMMAND } from "../../foundation/command-lines";

const DRAIN_TIMEOUT_MS = 300_000;

/** What happens to a node whose tasks do not find another place in time. */
export interface DrainPolicy {
  /** @default 5 minutes */
  timeoutMs?: number;
  /** @default "fail" */
  onTimeout?: "fail" | "continue";
}

/** Running tasks by service ID. */
export type Running = Map<string, number>;

/**
 * Drains a node and waits until its tasks run elsewhere: none is left on it, and every service that had some has as
 * many running as before. A node without tasks is drained at once.
 *
 * @param volumes - those whose files the node's next machine has again: their services wait for it. @default none
 */
export async function drained(
  member: Member,
  policy: DrainPolicy,
  waiting: Waiting & { warn(text: string): void },
  volumes: readonly string[] = [],
): Promise<void> {
  const { nodeId, managers, name } = member;
  const timeoutMs = policy.timeoutMs ?? DRAIN_TIMEOUT_MS;
  const { ids: held, astray } = await heldServices(member, volumes, waiting);
  if (astray.length > 0)
    waiting.warn(
      `${astray.join(", ")} may run on other nodes, without the files that are on ${name}. ` +
        "Keep it where they are by a placement constraint, such as a label of the pool.",
    );
  await spreadFrom(member, timeoutMs, waiting, held);
  await globalServicesRunElsewhere(member, timeoutMs, waiting);
  const before = await runningBefore(member, waiting);
  held.forEach((id) => before.delete(id));
  await onManager(managers, waiting, (engine) =>
    changeNode(engine, nodeId, (spec) => ({ ...spec, Availability: "drain" }), waiting.signal),
  );
  try {
    await waitFor(
      {
        name: "its tasks run elsewhere",
        on: name,
        intervalMs: 500,
        timeoutMs,
        signal: waiting.signal,
        onPending: showPending(waiting, "draining"),
        remedy:
          `It stays drained and was not taken out. Look at what stays: ${SWARM_COMMAND} docker node ps ${name}; ` +
          'then give the tasks another place, or set `disruption.onDrainTimeout` to "continue".',
      },
      async () => {
        const lacking = await tasksWithoutPlace(member, before, waiting);
        return lacking ? { pending: lacking } : { done: undefined };
      },
    );
  } catch (error) {
    if (!(error instanceof WaitTimeout) || policy.onTimeout !== "continue") throw error;
    waiting.warn(`${error.message.split(" It stays drained")[0]} It goes on as \`onDrainTimeout\` says.`);
  }
}

/** How many tasks each service that has some on this node has running in the whole swarm. */
export function runningBefore({ managers, nodeId }: Member, waiting: Waiting): Promise<Running> {
  return onManager(managers, waiting, async (engine) => {
    const [tasks, services] = await Promise.all([
      tasksOn(engine, nodeId, waiting.signal),
      allServices(engine, waiting.signal),
    ]);
    const here = new Set(tasks.map(({ ServiceID }) => ServiceID));
    // A global service has no other place for this node's task.
    const moving = services.filter(({ ID, Spec }) => here.has(ID) && Spec.Mode.Replicated);
    return new Map(moving.map(({ ID, ServiceStatus }) => [ID, ServiceStatus?.RunningTasks ?? 0]));
  });
}

/** What the drain still waits for; empty when it is done. */
export function tasksWithoutPlace(
  { managers, nodeId }: Member,
  before: Running,
  waiting: Waiting,
): Promise<string> {
  return onManager(managers, waiting, async (engine) => {
    const [left, services] = await Promise.all([
      tasksOn(engine, nodeId, waiting.signal),
      before.size > 0 ? allServices(engine, waiting.signal) : [],
    ]);
    if (left.length > 0) return `${left.length} tasks left on it`;
    return services
      .map(({ ID, Spec, ServiceStatus }) => {
        const { RunningTasks = 0, DesiredTasks = 0 } = ServiceStatus ?? {};
        const wanted = Math.min(before.get(ID) ?? 0, DesiredTasks);
        return RunningTasks < wanted ? `${Spec.Name} ${RunningTasks}/${wanted}` : "";
      })
      .filter(Boolean)
      .join(", ");
  });
}
