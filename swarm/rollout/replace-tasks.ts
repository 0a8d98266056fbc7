import type { ManagerRef } from "../../schema/connection";
import { showPending, type Waiting } from "../../foundation/context";
import { monitorMs } from "./watched";
import { missingOf } from "./service-standing";
import { failureOf, lastError } from "./task-errors";
import { onManager } from "../managers";
import { allServices, changeService } from "../../docker/services";
import type { Service } from "../../docker/api/service";
import type { Task } from "../../docker/api/task";
import { isLive, listTasks } from "../../docker/tasks";
import { waitFor } from "../../foundation/wait";
import { SWARM_COMMAND } from "../../foundation/command-lines";

/** For each task, beside the pause that the service's own settings ask for. */
const TASK_TIMEOUT_MS = 300_000;
const NS_PER_MS = 1_000_000;

/**
 * Replaces the tasks of a service by its own update settings, one at a time where these would take all at once, so that
 * a service with several has no gap. Waits until all run and have stayed up as long as these ask for.
 *
 * @throws Error where its update fails, with the failing task's own words; its spec is as before then, and what was not touched
 * runs on.
 */
export async function replaceTasks(
  name: string,
  managers: readonly ManagerRef[],
  waiting: Waiting,
): Promise<void> {
  const { signal } = waiting;
  const service = (await onManager(managers, waiting, (engine) => allServices(engine, signal))).find(
    ({ Spec }) => Spec.Name === name,
  );
  if (!service) return;
  const times = (service.Spec.TaskTemplate.ForceUpdate ?? 0) + 1;
  const config = service.Spec.UpdateConfig;
  const isAllAtOnce = takesAllAtOnce(service);
  const change = (update: (spec: Service["Spec"]) => Service["Spec"] | undefined) =>
    onManager(managers, waiting, (engine) => changeService(engine, service.ID, update, signal));
  await change(({ TaskTemplate, ...spec }) => ({
    ...spec,
    TaskTemplate: { ...TaskTemplate, ForceUpdate: times },
    ...(isAllAtOnce ? { UpdateConfig: { ...config, Parallelism: 1 } } : {}),
  }));
  try {
    await hasNewTasks(service, times, managers, waiting);
  } catch (error) {
    if (signal.aborted) throw stillGoing(error as Error, service, isAllAtOnce);
    // Any write makes a paused update go on: only its former spec leaves alone what was not touched.
    await change((spec) =>
      spec.TaskTemplate.ForceUpdate === times
        ? {
            ...spec,
            TaskTemplate: { ...spec.TaskTemplate, ForceUpdate: times - 1 },
            UpdateConfig: config,
          }
        : undefined,
    );
    throw error;
  }
  // A change of these settings alone replaces no task.
  if (isAllAtOnce) await change((spec) => ({ ...spec, UpdateConfig: config }));
}

/** The engine goes on by itself; settings that are written now would make it take all that are left at once. */
function stillGoing(error: Error, { Spec }: Service, isAllAtOnce: boolean): Error {
  if (!isAllAtOnce) return error;
  const former = Spec.UpdateConfig?.Parallelism;
  return new Error(
    `${error.message} ${Spec.Name} goes on one task at a time. Once it is through, this puts its settings back: ` +
      `${SWARM_COMMAND} docker service update --update-parallelism ${former} ${Spec.Name}`,
    { cause: error },
  );
}

/** 0 means all. */
function takesAllAtOnce({ Spec, ServiceStatus }: Service): boolean {
  const { Parallelism } = Spec.UpdateConfig ?? {};
  const tasks = Spec.Mode.Replicated?.Replicas ?? ServiceStatus?.DesiredTasks ?? 1;
  return Parallelism !== undefined && tasks > 1 && (Parallelism === 0 || Parallelism >= tasks);
}

function hasNewTasks(
  { ID, Spec }: Service,
  times: number,
  managers: readonly ManagerRef[],
  waiting: Waiting,
): Promise<void> {
  return waitFor<void>(
    {
      name: "its new tasks run",
      on: `service ${Spec.Name}`,
      intervalMs: 500,
      timeoutMs: TASK_TIMEOUT_MS + monitorMs({ Spec }) + (Spec.UpdateConfig?.Delay ?? 0) / NS_PER_MS,
      stepwise: true,
      signal: waiting.signal,
      onPending: showPending(waiting, `replacing tasks of ${Spec.Name}`),
      remedy: `Look at its tasks: ${SWARM_COMMAND} ps ${Spec.Name}`,
    },
    () =>
      onManager(managers, waiting, async (engine) => {
        const [services, tasks] = await Promise.all([
          allServices(engine, waiting.signal),
          listTasks(engine, { service: [ID] }, waiting.signal),
        ]);
        const service = services.find((one) => one.ID === ID);
        if (!service) return { done: undefined };
        const failure = failureOf(service, tasks);
        if (failure !== undefined) throw new Error(failure);
        const isOld = ({ Spec: { ForceUpdate = 0 } }: Task) => ForceUpdate < times;
        // Until the last old one has given back its address, nobody can tell who still leads to it.
        const old = tasks.filter((task) => isLive(task) && isOld(task)).length;
        const fresh = tasks.filter((task) => !isOld(task));
        const reached = fresh.filter(({ Status }) => Status.State === "running").length;
        const lacking = missingOf(service, tasks) || (old > 0 && `${old} old tasks are there still`);
        if (!lacking) return { done: undefined };
        return { pending: `${lacking}, new ones that run: ${reached}${lastError(service, fresh)}`, reached };
      }),
  );
}
