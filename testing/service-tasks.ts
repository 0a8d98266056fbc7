import type { Service } from "../docker/api/service";
import type { Task } from "../docker/api/task";
import { listServices } from "../docker/services";
import { listTasks } from "../docker/tasks";
import type { Context } from "../foundation/context";
import { onManager } from "../swarm/managers";
import type { LocalCluster } from "./local-cluster";

/** A task that runs, where it runs. */
export interface RunningTask {
  node: string;
  container: string;
}

/** A service by its full name, or by that in its compose file. @throws Error with those that there are */
export async function serviceCalled(name: string, cluster: LocalCluster, context: Context): Promise<Service> {
  const services = await onManager(cluster.specs.managers, context, (engine) =>
    listServices(engine, context.signal),
  );
  const exact = services.filter(({ Spec }) => Spec.Name === name);
  const found = exact.length > 0 ? exact : services.filter(({ Spec }) => Spec.Name.endsWith(`_${name}`));
  if (found.length === 1) return found[0];
  const names = (list: readonly Service[]) => list.map(({ Spec }) => Spec.Name).sort();
  if (found.length > 1)
    throw new Error(`"${name}" may be ${names(found).join(" or ")}. Use the whole name, stack included.`);
  throw new Error(`There is no service "${name}". There are: ${names(services).join(", ") || "none"}.`);
}

/** The tasks of a service that run. @throws Error with what its newest tasks came to, where none does */
export async function runningTasksOf(
  service: Service,
  cluster: LocalCluster,
  context: Context,
): Promise<[RunningTask, ...RunningTask[]]> {
  const name = service.Spec.Name;
  const tasks = await onManager(cluster.specs.managers, context, (engine) =>
    listTasks(engine, { service: [service.ID] }, context.signal),
  );
  const running = tasks.flatMap((task) => placeOf(task, cluster) ?? []);
  const [first, ...others] = running;
  if (first) return [first, ...others];
  const newest = [...tasks].sort((a, b) => b.Status.Timestamp.localeCompare(a.Status.Timestamp)).slice(0, 3);
  const states = newest.map(({ Status }) =>
    [Status.State, Status.Err ?? Status.Message].filter(Boolean).join(": "),
  );
  throw new Error(`No task of ${name} runs. Its newest: ${states.join("; ") || "it has none yet"}.`);
}

function placeOf({ NodeID, DesiredState, Status }: Task, { nodes }: LocalCluster): RunningTask | undefined {
  const container = Status.ContainerStatus?.ContainerID;
  if (Status.State !== "running" || DesiredState !== "running" || !container) return undefined;
  const [node] = [...nodes].find(([, { member }]) => member.nodeId === NodeID) ?? [];
  return node === undefined ? undefined : { node, container };
}
