import type { Waiting } from "../../foundation/context";
import type { ManagerRef } from "../../schema/connection";
import { listNodes } from "../../docker/nodes";
import { listServices } from "../../docker/services";
import { listTasks } from "../../docker/tasks";
import { onManager } from "../managers";
import type { SwarmTasks } from "./named-tasks";

/** All services, and all their tasks that are there still. */
export function lookAtTasks(managers: readonly ManagerRef[], waiting: Waiting): Promise<SwarmTasks> {
  const { signal } = waiting;
  return onManager(managers, waiting, async (engine) => {
    const [nodes, services, tasks] = await Promise.all([
      listNodes(engine, signal),
      listServices(engine, signal),
      listTasks(engine, {}, signal),
    ]);
    return { nodes, services, tasks };
  });
}
