import type { Service } from "../docker/api/service";
import { listServices } from "../docker/services";
import { listTasks } from "../docker/tasks";
import type { Context } from "../foundation/context";
import { onManager } from "../swarm/managers";
import { serviceCalled } from "../swarm/services/find-service";
import { runningTasksOf } from "../swarm/services/running-tasks";
import type { LocalCluster } from "./local-cluster";

/** A task that runs, where it runs. */
export interface TaskOnNode {
  node: string;
  container: string;
}

/** A service by its full name, or by that in its compose file. @throws Error with those that there are */
export async function serviceIn(name: string, cluster: LocalCluster, context: Context): Promise<Service> {
  const services = await onManager(cluster.specs.managers, context, (engine) =>
    listServices(engine, context.signal),
  );
  return serviceCalled(name, services);
}

/** The tasks of a service that run. @throws Error with what its newest tasks came to, where none does */
export async function tasksOnNodes(
  service: Service,
  { specs, nodes }: LocalCluster,
  context: Context,
): Promise<TaskOnNode[]> {
  const tasks = await onManager(specs.managers, context, (engine) =>
    listTasks(engine, { service: [service.ID] }, context.signal),
  );
  return runningTasksOf(service, tasks).flatMap(({ nodeId, container }) => {
    const [node] = [...nodes].find(([, { member }]) => member.nodeId === nodeId) ?? [];
    return node === undefined ? [] : [{ node, container }];
  });
}
