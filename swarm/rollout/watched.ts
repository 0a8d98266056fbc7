import type { Service } from "../../docker/api/service";
import type { Task } from "../../docker/api/task";
import { tasksThere } from "./service-standing";

/** How long a service must stay up to count, where its update config says nothing: the docker CLI's own rule. */
const DEFAULT_MONITOR_MS = 5_000;
const NS_PER_MS = 1_000_000;

/** How long a new task of a service must stay up to count. */
export function monitorMs({ Spec: { UpdateConfig, Mode } }: Pick<Service, "Spec">): number {
  if (Mode.ReplicatedJob ?? Mode.GlobalJob) return 0;
  return UpdateConfig?.Monitor === undefined ? DEFAULT_MONITOR_MS : UpdateConfig.Monitor / NS_PER_MS;
}

/**
 * Whether the engine itself has watched the tasks of a service for that long: an update is over only after the monitor period
 * in which none of its tasks failed (swarmkit, manager/orchestrator/update). Both times are of the managers.
 */
export function wasWatched(service: Service, tasks: readonly Task[]): boolean {
  const { State, CompletedAt } = service.UpdateStatus ?? {};
  if (State !== "completed" || !CompletedAt) return false;
  const begun = tasksThere(service, tasks).map(({ CreatedAt }) => Date.parse(CreatedAt));
  return Math.max(...begun) + monitorMs(service) <= Date.parse(CompletedAt);
}
