import type { DockerClient } from "../transport/docker-client";
import type { Task } from "./api/task";

/** Tasks of a swarm. @param filters - as `docker ps` of tasks has them. @default all tasks */
export function listTasks(
  engine: Pick<DockerClient, "get">,
  filters: Record<string, string[]> = {},
  signal?: AbortSignal,
): Promise<Task[]> {
  return engine.get<Task[]>("list tasks", "/tasks", { query: { filters: JSON.stringify(filters) }, signal });
}

const LIVE = ["new", "pending", "assigned", "accepted", "preparing", "ready", "starting", "running"];

/** Whether a task runs, or is on its way there. Those in other states have given back what they had, addresses for one. */
export function isLive({ Status }: Pick<Task, "Status">): boolean {
  return LIVE.includes(Status.State);
}
