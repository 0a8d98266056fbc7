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
