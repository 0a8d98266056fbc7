import type { ManagerRef } from "../../schema/connection";
import { showPending, type Context } from "../../foundation/context";
import { waitFor, type Look } from "../../foundation/wait";
import { SWARM_COMMAND } from "../../foundation/command-lines";
import type { SwarmNodeInspect } from "../../docker/api/node";
import type { Service } from "../../docker/api/service";
import type { Task } from "../../docker/api/task";
import { listNodes } from "../../docker/nodes";
import { stackAsItIs } from "../../docker/services";
import { onManager } from "../managers";
import { hasEnded, isJob, isUnderWay, missingOf, nodesOf, restartDelayMs } from "./service-standing";
import { failureOf, imageProblem, lastEnded, lastError } from "./task-errors";
import { monitorMs, wasWatched } from "./watched";

/** A manager that was just elected may lag behind; what stays as it is for this long stays so. */
const STAYS_MS = 3_000;
/** An image that has not come by then does not come: engines try each few seconds, and push and deploy may overlap. */
const IMAGE_MS = 30_000;

/** A node could not get an image. Its task says that alone; why, only the registry tells. */
export class NoImage extends Error {
  constructor(
    message: string,
    readonly image: string,
  ) {
    super(message);
    this.name = "NoImage";
  }
}

/** A stack as a manager tells of it. */
export interface StackLook {
  services: Service[];
  /** Those of the services' present versions, and of a job's last run. */
  tasks: Task[];
  nodes: SwarmNodeInspect[];
}

export function lookAtServices(
  stack: string,
  managers: readonly ManagerRef[],
  context: Context,
): Promise<StackLook> {
  return onManager(managers, context, async (engine) => {
    const [standing, nodes] = await Promise.all([
      stackAsItIs(engine, stack, context.signal),
      listNodes(engine, context.signal),
    ]);
    return { ...standing, nodes };
  });
}

/**
 * Waits until every service of a stack runs as wanted and has stayed so for its monitor period, watched by the engine or from here.
 * Rejects when an update failed or was rolled back, when tasks have ended and none will come, and at the deadline, with the
 * failing task's own error.
 *
 * @param only - names of the services in the swarm that are waited for; all of the stack by default
 */
export async function stackConverged(
  stack: string,
  managers: readonly ManagerRef[],
  timeoutMs: number,
  context: Context,
  only?: readonly string[],
): Promise<StackLook> {
  const held = new Held();
  const found = await waitFor<StackLook>(
    {
      name: `${only ? only.join(", ") : "all its services"} run`,
      on: `stack ${stack}`,
      intervalMs: 500,
      timeoutMs,
      signal: context.signal,
      onPending: showPending(context, "converging"),
      remedy: `Look at its tasks: ${SWARM_COMMAND} docker stack ps --no-trunc ${stack}`,
    },
    async () => {
      const look = await lookAtServices(stack, managers, context);
      const services = look.services.filter(({ Spec }) => only?.includes(Spec.Name) ?? true);
      return judge({ ...look, services }, held);
    },
  );
  for (const service of found.services)
    if (isGlobal(service) && nodesOf(service, found.nodes).length === 0)
      context.warn(
        `service ${service.Spec.Name} is global, and no node meets its constraints: it has no task.`,
      );
  return found;
}

/** One look. @throws Error where it is over, and not well */
function judge(look: StackLook, held: Held): Look<StackLook> {
  const { services, tasks, nodes } = look;
  const failures = services.map((service) => failureOf(service, tasks, nodes)).filter(Boolean);
  const lacking = services.filter((service) => missingOf(service, tasks, nodes) !== "");
  // A rollback that has begun is waited for: until it is over nobody knows what runs.
  if (failures.length > 0 && !services.some(isUnderWay)) throw new Error(failures.join("\n"));
  const unsure = services.filter((service) => {
    const ms = held.for(`${service.ID} runs`, failures.length === 0 && !lacking.includes(service));
    return ms < monitorMs(service) && !wasWatched(service, tasks);
  });
  if (unsure.length === 0) return { done: look };
  if (failures.length === 0 && lacking.length === 0) {
    const seconds = Math.max(...unsure.map(monitorMs)) / 1000;
    return { pending: `all run, watched for ${seconds} s` };
  }
  for (const service of lacking) {
    const over = endOf(service, look, held);
    if (over) throw over;
  }
  const pending = lacking.map(
    (service) => missingOf(service, tasks, nodes) + lastError(service, tasks, nodes),
  );
  return { pending: [...failures, ...pending].join(", ") };
}

/** Why a service will never have what it lacks. */
function endOf(service: Service, { tasks, nodes }: StackLook, held: Held): Error | undefined {
  const { ID, Spec } = service;
  const what = `service ${Spec.Name}: ${missingOf(service, tasks, nodes)}`;
  const error = lastError(service, tasks, nodes);
  if (held.for(`${ID} ended`, hasEnded(service, tasks, nodes)) >= STAYS_MS + restartDelayMs(service))
    return new Error(
      `${what}, and none will be started${isJob(service) ? "" : " by its restart policy"}${error}`,
    );
  const newest = lastEnded(service, tasks);
  const remedy = newest && imageProblem(newest);
  const neverRan = tasks.every((task) => task.ServiceID !== ID || task.Status.State !== "running");
  const image = Spec.TaskTemplate.ContainerSpec?.Image ?? "";
  if (held.for(`${ID} image`, remedy !== undefined && neverRan) >= IMAGE_MS)
    return new NoImage(`${what}, as its image ${image} cannot be had. ${remedy}${error}`, image);
  return undefined;
}

function isGlobal({ Spec: { Mode } }: Service): boolean {
  return (Mode.Global ?? Mode.GlobalJob) !== undefined;
}

/** How long something has been so, by this machine's clock. */
class Held {
  private readonly since = new Map<string, number>();

  /** @returns milliseconds; -1 where it is not so */
  for(what: string, isSo: boolean): number {
    if (!isSo) {
      this.since.delete(what);
      return -1;
    }
    const since = this.since.get(what) ?? Date.now();
    this.since.set(what, since);
    return Date.now() - since;
  }
}
