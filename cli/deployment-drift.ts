import { SWARM_COMMAND } from "../foundation/command-lines";
import { STACK_LABEL } from "../docker/services";
import type { SwarmNodeInspect } from "../docker/api/node";
import type { Service } from "../docker/api/service";
import type { Task } from "../docker/api/task";
import type { RecordedCluster } from "../schema/cluster-record";
import { isJob } from "../swarm/rollout/service-standing";
import { lastError } from "../swarm/rollout/task-errors";
import type { Drift } from "./drift";

const FAILED = ["failed", "rejected", "orphaned"];

/** The services of a swarm, and their tasks of the present version. */
interface Running {
  services: readonly Service[];
  tasks: readonly Task[];
  nodes: readonly SwarmNodeInspect[];
}

/** Updates that failed, jobs whose service is gone, and those that have failed since they ended well. */
export function deploymentDrift(wanted: RecordedCluster, running: Running): Drift[] {
  const { jobs = {}, failed = {} } = wanted;
  return [
    ...Object.entries(failed).map(([where, error]) => ({
      ...{ where, wanted: where.startsWith("job ") ? "ended well" : "deployed" },
      actual: `its last update failed: ${error}`,
    })),
    ...Object.entries(jobs).flatMap(([name, services]) => goneJob(name, services, running)),
    ...running.services.filter(isJob).flatMap((service) => failedJob(service, failed, running)),
  ];
}

/** It is not repaired: it has run, and nobody runs it again for that. */
function goneJob(name: string, of: readonly { name: string }[], { services }: Running): Drift[] {
  const gone = of.filter((one) => !services.some(({ Spec }) => Spec.Name === one.name));
  const remedy = `Job ${name} has run, and what it has printed is gone with its service. It runs again when its triggers change.`;
  return gone.map((one) => ({
    ...{ where: `job ${name}`, wanted: `service ${one.name}`, actual: "missing", remedy },
  }));
}

/** One of a stack or job whose update failed was told. */
function failedJob(service: Service, failed: Record<string, string>, { tasks, nodes }: Running): Drift[] {
  const { Name, Labels } = service.Spec;
  const stack = Labels?.[STACK_LABEL];
  if (`stack ${stack}` in failed || `job ${stack}` in failed) return [];
  const error = lastError(service, failedTasks(service, tasks), nodes).replace("; ", "");
  const remedy = `What ${Name} has printed: ${SWARM_COMMAND} logs ${Name}`;
  return error === "" ? [] : [{ where: `service ${Name}`, wanted: "ended well", actual: error, remedy }];
}

/** Those that failed in a place where no later one is. */
function failedTasks({ ID }: Service, tasks: readonly Task[]): Task[] {
  const newest = new Map<string, Task>();
  for (const task of tasks.filter(({ ServiceID }) => ServiceID === ID)) {
    const place = String(task.Slot || task.NodeID);
    const known = newest.get(place);
    if (!known || known.CreatedAt < task.CreatedAt) newest.set(place, task);
  }
  return [...newest.values()].filter(({ Status }) => FAILED.includes(Status.State));
}
