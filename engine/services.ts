import { createHash } from "node:crypto";
import type { EngineClient } from "./engine-client";
import type { Service, ServicePort, ServiceSpec } from "./service-types";
import type { Task } from "./swarm-types";

const STACK_LABEL = "com.docker.stack.namespace";

/** All services of a swarm with the numbers of their tasks. */
export function allServices(engine: EngineClient, signal?: AbortSignal): Promise<Service[]> {
  return engine.get<Service[]>("list services", "/services", { query: { status: true }, signal });
}

/** The services of a stack with the numbers of their tasks. */
export function stackServices(engine: EngineClient, stack: string, signal?: AbortSignal): Promise<Service[]> {
  const filters = JSON.stringify({ label: [`${STACK_LABEL}=${stack}`] });
  return engine.get<Service[]>(`list services of stack ${stack}`, "/services", {
    query: { filters, status: true },
    signal,
  });
}

/** The tasks of a stack; `current` leaves out those of earlier versions of their service. */
export function stackTasks(
  engine: EngineClient,
  stack: string,
  options: { current: boolean; signal?: AbortSignal },
): Promise<Task[]> {
  const filters = JSON.stringify({
    label: [`${STACK_LABEL}=${stack}`],
    ...(options.current ? { "_up-to-date": ["true"] } : {}),
  });
  return engine.get<Task[]>(`list tasks of stack ${stack}`, "/tasks", {
    query: { filters },
    signal: options.signal,
  });
}

/** Tells whether a service was changed since its spec was digested. */
export function specDigest(spec: ServiceSpec): string {
  return createHash("sha256").update(JSON.stringify(spec)).digest("hex").slice(0, 16);
}

/** A published port as `docker service ls` shows it. */
export function describePort({ PublishedPort, TargetPort, Protocol, PublishMode }: ServicePort): string {
  return `${PublishedPort ?? "auto"}->${TargetPort}/${Protocol}${PublishMode === "host" ? " (host)" : ""}`;
}
