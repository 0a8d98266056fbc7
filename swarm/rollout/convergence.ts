import type { ManagerRef } from "../../schema/connection";
import { showPending, type Waiting } from "../../foundation/context";
import { onManager } from "../managers";
import type { Service } from "../../docker/api/service";
import { stackServices, stackTasks } from "../../docker/services";
import type { Task } from "../../docker/api/task";
import { waitFor } from "../../foundation/wait";
import { SWARM_COMMAND } from "../../foundation/command-lines";

/** How long a service must stay up to count, where its update config says nothing: the docker CLI's own rule. */
const DEFAULT_MONITOR_MS = 5_000;
const NS_PER_MS = 1_000_000;
const FAILED_UPDATES = ["paused", "rollback_started", "rollback_paused", "rollback_completed"];
const FAILED_TASKS = ["failed", "rejected", "orphaned"];

/** What one service still lacks; empty when it runs as wanted. */
export function missingOf(service: Service, tasks: readonly Task[]): string {
  const name = service.Spec.Name;
  if (service.UpdateStatus?.State === "updating") return `${name} is being updated`;
  const wanted = wantedTasks(service);
  const own = tasks.filter(({ ServiceID }) => ServiceID === service.ID);
  const isJob = service.Spec.Mode.ReplicatedJob ?? service.Spec.Mode.GlobalJob;
  const state = isJob ? "complete" : "running";
  const there = own.filter(
    ({ Status, DesiredState }) => Status.State === state && (isJob || DesiredState === "running"),
  );
  return there.length >= wanted ? "" : `${name} ${there.length}/${wanted}`;
}

/** Whether an update of a service ended without success. */
export function hasFailed(state = ""): boolean {
  return FAILED_UPDATES.includes(state);
}

/** Why an update of a service has failed, or nothing. A rollback that completed is a failure of the update. */
export function failureOf(service: Service, tasks: readonly Task[]): string | undefined {
  const { State = "", Message = "" } = service.UpdateStatus ?? {};
  if (!hasFailed(State)) return undefined;
  return `service ${service.Spec.Name}: its update ended as ${State}: ${Message}${lastError(service, tasks)}`;
}

/** The newest task error of a service in the engine's own words. */
export function lastError(service: Service, tasks: readonly Task[]): string {
  const failed = tasks
    .filter(
      ({ ServiceID, Status }) =>
        ServiceID === service.ID && (FAILED_TASKS.includes(Status.State) || Status.Err),
    )
    .sort((a, b) => b.Status.Timestamp.localeCompare(a.Status.Timestamp));
  const [newest] = failed;
  if (!newest) return "";
  const slot = newest.Slot ? `.${newest.Slot}` : "";
  return `; task ${service.Spec.Name}${slot} is ${newest.Status.State}: ${newest.Status.Err ?? newest.Status.Message}`;
}

/**
 * Waits until every service of a stack runs as wanted and has stayed so for its monitor period.
 * Rejects when an update failed or rolled back, and at the deadline, with the failing task's own error.
 */
export async function stackConverged(
  stack: string,
  managers: readonly ManagerRef[],
  timeoutMs: number,
  waiting: Waiting,
): Promise<Service[]> {
  let stableSince: number | undefined;
  return waitFor<Service[]>(
    {
      name: "all its services run",
      on: `stack ${stack}`,
      intervalMs: 500,
      timeoutMs,
      signal: waiting.signal,
      onPending: showPending(waiting, "converging"),
      remedy: `Look at its tasks: ${SWARM_COMMAND} docker stack ps --no-trunc ${stack}`,
    },
    async () => {
      const [services, tasks] = await onManager(managers, waiting, (engine) =>
        Promise.all([
          stackServices(engine, stack, waiting.signal),
          stackTasks(engine, stack, { current: true, signal: waiting.signal }),
        ]),
      );
      const failures = services
        .map((service) => failureOf(service, tasks))
        .filter((text) => text !== undefined);
      if (failures.length > 0) throw new Error(failures.join("\n"));
      const lacking = services
        .map((service) => ({ service, missing: missingOf(service, tasks) }))
        .filter(({ missing }) => missing);
      if (lacking.length > 0) {
        stableSince = undefined;
        return {
          pending: lacking.map(({ service, missing }) => missing + lastError(service, tasks)).join(", "),
        };
      }
      stableSince ??= Date.now();
      const monitor = Math.max(...services.map(monitorMs), 0);
      return Date.now() - stableSince >= monitor
        ? { done: services }
        : { pending: `all run, watched for ${monitor / 1000} s` };
    },
  );
}

function wantedTasks({ Spec: { Mode }, ServiceStatus }: Service): number {
  return (
    Mode.Replicated?.Replicas ?? Mode.ReplicatedJob?.TotalCompletions ?? ServiceStatus?.DesiredTasks ?? 0
  );
}

/** How long a new task of a service must stay up to count. */
export function monitorMs({ Spec: { UpdateConfig, Mode } }: Pick<Service, "Spec">): number {
  if (Mode.ReplicatedJob ?? Mode.GlobalJob) return 0;
  return UpdateConfig?.Monitor === undefined ? DEFAULT_MONITOR_MS : UpdateConfig.Monitor / NS_PER_MS;
}
