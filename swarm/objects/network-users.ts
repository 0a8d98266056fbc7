import type { Service } from "../../docker/api/service";
import type { Task } from "../../docker/api/task";
import type { EngineClient } from "../../docker/engine-client";
import { listServices } from "../../docker/services";
import { isLive, listTasks } from "../../docker/tasks";
import type { Context } from "../../foundation/context";

/** Who is in a network. Of containers that were attached to it by hand no list tells. */
export interface NetworkUsers {
  services: Service[];
  /** Tasks that have not ended, whatever their services are in by now. */
  tasks: Task[];
}

/**
 * Who is in a network. The manager lets go of it as soon as the tasks in it are to end, though they may run on for their grace
 * period: its subnet could be another network's by then.
 */
export async function usersOf(
  engine: EngineClient,
  network: string,
  { signal }: Pick<Context, "signal">,
): Promise<NetworkUsers> {
  const [services, tasks] = await Promise.all([listServices(engine, signal), listTasks(engine, {}, signal)]);
  return {
    services: services.filter((service) => isServiceIn(service, network)),
    tasks: tasks.filter((task) => isLive(task) && isTaskIn(task, network)),
  };
}

export function isServiceIn({ Spec }: Pick<Service, "Spec">, network: string): boolean {
  return (Spec.TaskTemplate.Networks ?? []).some(({ Target }) => Target === network);
}

export function isTaskIn({ NetworksAttachments }: Task, network: string): boolean {
  return (NetworksAttachments ?? []).some(({ Network }) => Network.ID === network);
}
