import type { SwarmNodeInspect } from "../../docker/api/node";
import type { Service } from "../../docker/api/service";
import type { Task } from "../../docker/api/task";
import { isLive } from "../../docker/tasks";
import { meetsConstraints } from "./constraints";

const FAILED_UPDATES = ["paused", "rollback_started", "rollback_paused", "rollback_completed"];
/** Between a task's end and its successor's start, where its service says nothing: swarmkit's own. */
const DEFAULT_DELAY_MS = 5_000;
const NS_PER_MS = 1_000_000;
/** The engine goes on by itself. */
const UNDER_WAY = ["updating", "rollback_started"];

/** What one service still lacks; empty when it runs as wanted. */
export function missingOf(
  service: Service,
  tasks: readonly Task[],
  nodes: readonly SwarmNodeInspect[] = [],
): string {
  const name = service.Spec.Name;
  if (service.UpdateStatus?.State === "updating") return `${name} is being updated`;
  const [there, wanted] = [tasksThere(service, tasks).length, tasksWanted(service, nodes)];
  return there >= wanted ? "" : `${name} ${there}/${wanted}`;
}

/** Whether it is a job: its tasks are to end. */
export function isJob({ Spec: { Mode } }: Pick<Service, "Spec">): boolean {
  return (Mode.ReplicatedJob ?? Mode.GlobalJob) !== undefined;
}

/** The tasks that run, and are to; those of a job that have ended well. */
export function tasksThere(service: Service, tasks: readonly Task[]): Task[] {
  const job = isJob(service);
  const state = job ? "complete" : "running";
  return tasks.filter(
    ({ ServiceID, Status, DesiredState }) =>
      ServiceID === service.ID && Status.State === state && (job || DesiredState === "running"),
  );
}

/**
 * How many tasks a service shall have. A global one wants as many as the engine has made, and one for each node where it will
 * make one (swarmkit, manager/orchestrator/global): right after a deploy there are none, and all of none would run.
 */
export function tasksWanted(service: Service, nodes: readonly SwarmNodeInspect[]): number {
  const { Spec, ServiceStatus } = service;
  const { Replicated, ReplicatedJob } = Spec.Mode;
  const made = ServiceStatus?.DesiredTasks ?? 0;
  return (
    Replicated?.Replicas ?? ReplicatedJob?.TotalCompletions ?? Math.max(made, nodesOf(service, nodes).length)
  );
}

/** The nodes on which a global service, or a global job, gets a task. */
export function nodesOf({ Spec }: Service, nodes: readonly SwarmNodeInspect[]): SwarmNodeInspect[] {
  const constraints = Spec.TaskTemplate.Placement?.Constraints ?? [];
  return nodes.filter(
    (node) =>
      node.Status.State !== "down" &&
      node.Spec.Availability === "active" &&
      meetsConstraints(constraints, node),
  );
}

/**
 * Whether a service lacks tasks and none will come: those that it had have ended, and its restart policy may start none again.
 * Where that allows some attempts nobody tells how many are left; then it is so once it stays so for longer than its delay.
 *
 * @param tasks - those of the service's present version
 */
export function hasEnded(
  service: Service,
  tasks: readonly Task[],
  nodes: readonly SwarmNodeInspect[],
): boolean {
  const own = tasks.filter(({ ServiceID }) => ServiceID === service.ID);
  if (own.length === 0 || missingOf(service, tasks, nodes) === "" || isUnderWay(service)) return false;
  const there = new Set(tasksThere(service, tasks));
  const ended = own.filter((task) => !there.has(task));
  return !ended.some(isLive) && ended.every((task) => mayBeLast(service, task));
}

/** Milliseconds after which a task that ended gets its successor, where it gets one. */
export function restartDelayMs({ Spec: { TaskTemplate } }: Service): number {
  const { Condition, Delay, MaxAttempts = 0 } = TaskTemplate.RestartPolicy ?? {};
  if (Condition === "none" || MaxAttempts === 0) return 0;
  return Delay === undefined ? DEFAULT_DELAY_MS : Delay / NS_PER_MS;
}

/** Whether its end may be the last word, as swarmkit decides it (manager/orchestrator/restart). */
function mayBeLast(service: Service, { Status }: Task): boolean {
  const { Condition = "any", MaxAttempts = 0 } = service.Spec.TaskTemplate.RestartPolicy ?? {};
  if (Condition === "none" || MaxAttempts > 0) return true;
  return Condition === "on-failure" && Status.State === "complete" && !isJob(service);
}

/** Whether an update of a service ended without success. */
export function hasFailed(state = ""): boolean {
  return FAILED_UPDATES.includes(state);
}

/** Whether the engine is updating a service, or taking an update back. */
export function isUnderWay({ UpdateStatus }: Service): boolean {
  return UNDER_WAY.includes(UpdateStatus?.State ?? "");
}
