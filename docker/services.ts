import { createHash } from "node:crypto";
import type { DockerClient } from "../transport/docker-client";
import { ifPresent, isEngineError } from "./errors";
import type { Service, ServicePort, ServiceSpec } from "./api/service";
import type { Task } from "./api/task";
import { listTasks } from "./tasks";

/** What Docker writes on all that is part of a stack. */
export const STACK_LABEL = "com.docker.stack.namespace";

/** All services of a swarm with the numbers of their tasks. */
export function allServices(engine: DockerClient, signal?: AbortSignal): Promise<Service[]> {
  return engine.get<Service[]>("list services", "/services", { query: { status: true }, signal });
}

/** The same by their specs alone, which is quicker. */
export function listServices(engine: Pick<DockerClient, "get">, signal?: AbortSignal): Promise<Service[]> {
  return engine.get<Service[]>("list services", "/services", { signal });
}

export async function createService(
  engine: DockerClient,
  spec: ServiceSpec,
  signal?: AbortSignal,
  headers?: Record<string, string>,
): Promise<void> {
  const options = { body: spec, headers, signal };
  await engine.post<unknown>(`create service ${spec.Name}`, "/services/create", options);
}

/** Nothing where there is none. */
export async function removeService(
  engine: DockerClient,
  { id, name }: { id: string; name: string },
  signal?: AbortSignal,
): Promise<void> {
  await ifPresent(engine.delete(`remove service ${name}`, `/services/${id}`, { signal }));
}

/** The services of a stack with the numbers of their tasks. */
export function stackServices(engine: DockerClient, stack: string, signal?: AbortSignal): Promise<Service[]> {
  const filters = JSON.stringify({ label: [`${STACK_LABEL}=${stack}`] });
  return engine.get<Service[]>(`list services of stack ${stack}`, "/services", {
    query: { filters, status: true },
    signal,
  });
}

/** The tasks of a stack, those of earlier versions of their services among them. */
export function stackTasks(engine: DockerClient, stack: string, signal?: AbortSignal): Promise<Task[]> {
  return listTasks(engine, { label: [`${STACK_LABEL}=${stack}`] }, signal);
}

/** The services of a stack, and the tasks of what they are now: of a job those of its last run alone. */
export async function stackAsItIs(
  engine: DockerClient,
  stack: string,
  signal?: AbortSignal,
): Promise<{ services: Service[]; tasks: Task[] }> {
  const [services, tasks] = await Promise.all([
    stackServices(engine, stack, signal),
    listTasks(engine, { label: [`${STACK_LABEL}=${stack}`], "_up-to-date": ["true"] }, signal),
  ]);
  const byId = new Map(services.map((service) => [service.ID, service]));
  return { services, tasks: tasks.filter((task) => isOfLastRun(byId.get(task.ServiceID ?? ""), task)) };
}

/**
 * Each update runs a job again, changed or not (swarmkit, `UpdateService`), and a task of the last run that ended well is as up to date
 * as its successor where nothing has changed.
 */
function isOfLastRun(service: Service | undefined, { JobIteration }: Task): boolean {
  const run = service?.JobStatus?.JobIteration;
  return !service?.JobStatus || (JobIteration?.Index ?? 0) === (run?.Index ?? 0);
}

/** A second writer may come between read and write; more often than this in a row somebody fights us. */
const ATTEMPTS = 8;

/** Replaces a service's tasks by its own update settings though nothing in it changes: `service update --force`. */
export function forceUpdate(engine: DockerClient, id: string, signal: AbortSignal): Promise<void> {
  return changeService(
    engine,
    id,
    ({ TaskTemplate, ...spec }) => ({
      ...spec,
      TaskTemplate: { ...TaskTemplate, ForceUpdate: (TaskTemplate.ForceUpdate ?? 0) + 1 },
    }),
    signal,
  );
}

/**
 * Changes a service's spec: read, modify, write with the version that was read. A change of labels renews no task.
 * @param change - nothing is written where it answers undefined
 */
export async function changeService(
  engine: DockerClient,
  id: string,
  change: (spec: ServiceSpec) => ServiceSpec | undefined,
  signal: AbortSignal,
  headers?: Record<string, string>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { Spec, Version } = await engine.get<Service>(`inspect service ${id}`, `/services/${id}`, {
      signal,
    });
    const body = change(Spec);
    if (!body) return;
    try {
      await engine.post<unknown>(`update service ${Spec.Name}`, `/services/${id}/update`, {
        query: { version: Version.Index },
        body,
        headers,
        signal,
      });
      return;
    } catch (error) {
      if (!isEngineError(error, "out-of-sequence") || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Tells whether a service was changed since its spec was digested; a forced update changes nothing in it. */
export function specDigest({ TaskTemplate, ...spec }: ServiceSpec): string {
  const { ForceUpdate: _times, ...template } = TaskTemplate;
  return digestOf([spec, template]).slice(0, 16);
}

/** The same field by field, so that a change can be named: `Mode.Replicated.Replicas`, `ContainerSpec.Image`. */
export function specFields({ TaskTemplate, ...spec }: ServiceSpec): Record<string, string> {
  const { ForceUpdate: _times, ...template } = TaskTemplate;
  return Object.fromEntries(
    leavesOf({ ...spec, ...template }).map(([field, value]) => [field, digestOf(value).slice(0, 8)]),
  );
}

/** A list is one value. */
function leavesOf(value: object, path: string[] = []): [field: string, value: unknown][] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? leavesOf(inner, [...path, key])
      : [[[...path, key].join("."), inner] as [string, unknown]],
  );
}

function digestOf(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(value) ?? "")
    .digest("hex");
}

/** A published port as `docker service ls` shows it. */
export function describePort({ PublishedPort, TargetPort, Protocol, PublishMode }: ServicePort): string {
  return `${PublishedPort ?? "auto"}->${TargetPort}/${Protocol}${PublishMode === "host" ? " (host)" : ""}`;
}
