import type { SwarmNodeInspect } from "../../docker/api/node";
import type { Service } from "../../docker/api/service";
import type { Task } from "../../docker/api/task";
import { registryOf } from "../../docker/registries";
import { registryProblem } from "../../docker/registry-problems";
import { hasFailed, isJob } from "./service-standing";

const FAILED_TASKS = ["failed", "rejected", "orphaned"];

/** Why an update of a service has failed, or nothing. A rollback that completed is a failure of the update. */
export function failureOf(
  service: Service,
  tasks: readonly Task[],
  nodes: readonly SwarmNodeInspect[] = [],
): string | undefined {
  const { State = "", Message = "" } = service.UpdateStatus ?? {};
  if (!hasFailed(State)) return undefined;
  return `service ${service.Spec.Name}: its update ended as ${State}: ${Message}${lastError(service, tasks, nodes)}`;
}

/** The newest task error of a service in the engine's own words, and where it was. */
export function lastError(
  service: Service,
  tasks: readonly Task[],
  nodes: readonly SwarmNodeInspect[] = [],
): string {
  const newest = lastEnded(service, tasks);
  return newest ? `; ${describeEnd(service, newest, nodes)}` : "";
}

/** The task of a service that ended last though it should not have. */
export function lastEnded(service: Service, tasks: readonly Task[]): Task | undefined {
  const [newest] = tasks
    .filter((task) => task.ServiceID === service.ID && isWrong(service, task))
    .sort((a, b) => b.Status.Timestamp.localeCompare(a.Status.Timestamp));
  return newest;
}

function isWrong(service: Service, { Status }: Task): boolean {
  if (FAILED_TASKS.includes(Status.State) || Status.Err) return true;
  // A service is to go on: one whose tasks end well, again and again, shows no error anywhere else.
  return Status.State === "complete" && !isJob(service);
}

function describeEnd(
  { Spec: { Name } }: Service,
  { Slot, NodeID, Status }: Task,
  nodes: readonly SwarmNodeInspect[],
): string {
  const node = nodes.find(({ ID }) => ID === NodeID)?.Description.Hostname;
  const who = `task ${Name}${Slot ? `.${Slot}` : ""}${node ? ` on ${node}` : ""}`;
  if (Status.State === "complete")
    return (
      `${who} ended by itself with exit code 0; tasks of a service have to go on. ` +
      "For a command that ends: `deploy.mode: replicated-job`"
    );
  return `${who} is ${Status.State}: ${Status.Err ?? Status.Message}`;
}

/** What to do about an image that a task could not get; nothing where it failed for something else. */
export function imageProblem({ Status, Spec }: Task): string | undefined {
  if (Status.State !== "rejected" && Status.State !== "preparing") return undefined;
  return registryProblem(Status.Err ?? "", registryOf(Spec.ContainerSpec?.Image ?? ""));
}
