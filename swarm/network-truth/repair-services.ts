import type { ManagerRef } from "../../schema/connection";
import { showPending, type Waiting } from "../../foundation/context";
import { missingOf } from "../rollout/service-standing";
import { failureOf } from "../rollout/task-errors";
import { onManager } from "../managers";
import { allServices, changeService } from "../../docker/services";
import type { Service } from "../../docker/api/service";
import { listTasks } from "../../docker/tasks";
import { waitFor } from "../../foundation/wait";
import { isLive } from "./records";
import { SWARM_COMMAND } from "../../foundation/command-lines";

const REFRESH_TIMEOUT_MS = 300_000;

/**
 * Replaces the tasks of a service by its own update settings, one at a time where these would take all at once, so that
 * a service with several has no gap. The engines announce each new task as if it were the first.
 */
export async function refreshService(
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
  const change = (update: (spec: Service["Spec"]) => Service["Spec"]) =>
    onManager(managers, waiting, (engine) => changeService(engine, service.ID, update, signal));
  await change(({ TaskTemplate, ...spec }) => ({
    ...spec,
    TaskTemplate: { ...TaskTemplate, ForceUpdate: times },
    ...(isAllAtOnce ? { UpdateConfig: { ...config, Parallelism: 1 } } : {}),
  }));
  try {
    await hasNewTasks(service, times, managers, waiting);
  } finally {
    // A change of these settings alone replaces no task.
    if (isAllAtOnce) await change((spec) => ({ ...spec, UpdateConfig: config }));
  }
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
      timeoutMs: REFRESH_TIMEOUT_MS,
      signal: waiting.signal,
      onPending: showPending(waiting, `refreshing ${Spec.Name}`),
      remedy: `Look at its tasks: ${SWARM_COMMAND} docker service ps --no-trunc ${Spec.Name}`,
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
        // Until the last old one has given back its address, nobody can tell who still leads to it.
        const old = tasks.filter((task) => isLive(task) && (task.Spec.ForceUpdate ?? 0) < times).length;
        const pending = missingOf(service, tasks) || (old > 0 && `${old} old tasks are there still`);
        return pending ? { pending } : { done: undefined };
      }),
  );
}
