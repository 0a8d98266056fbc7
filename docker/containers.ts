import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type { DockerClient } from "../transport/docker-client";
import { splitFrames } from "../transport/frames";
import type { ContainerInspect, ContainerSummary } from "./api/container";
import { ifPresent } from "./errors";

/** A container by what never changes, and by what it is called in messages. */
export interface ContainerRef {
  /** ID, or name. */
  id: string;
  name: string;
}

export function inspectContainer(
  engine: DockerClient,
  { id, name }: ContainerRef,
): Promise<ContainerInspect | undefined> {
  return ifPresent(engine.get<ContainerInspect>(`inspect container ${name}`, `/containers/${id}/json`));
}

/** Containers that run and others. */
export function listContainers(
  engine: DockerClient,
  filters: Record<string, string[]>,
  signal?: AbortSignal,
): Promise<ContainerSummary[]> {
  const query = { all: true, filters };
  return engine.get<ContainerSummary[]>("list containers", "/containers/json", { query, signal });
}

/** @returns its ID */
export async function createContainer(engine: DockerClient, name: string, body: object): Promise<string> {
  const { Id } = await engine.post<{ Id: string }>(`create container ${name}`, "/containers/create", {
    query: { name },
    body,
  });
  return Id;
}

/** Nothing where it runs. */
export function startContainer(engine: DockerClient, { id, name }: ContainerRef): Promise<void> {
  return engine.post(`start container ${name}`, `/containers/${id}/start`);
}

/** Ends its processes at once, as a power failure would. It stays ended until it is started. */
export function killContainer(engine: DockerClient, { id, name }: ContainerRef): Promise<void> {
  return engine.post(`kill container ${name}`, `/containers/${id}/kill`);
}

/** @param action - what is changed of it, in messages */
export function updateContainer(
  engine: DockerClient,
  { id }: Pick<ContainerRef, "id">,
  action: string,
  body: object,
): Promise<void> {
  return engine.post(action, `/containers/${id}/update`, { body });
}

/** Ends and removes a container, with volumes that have no name. Nothing where there is none. */
export async function deleteContainer(engine: DockerClient, { id, name }: ContainerRef): Promise<void> {
  const query = { force: true, v: true };
  await ifPresent(engine.delete(`remove container ${name}`, `/containers/${id}`, { query }));
}

/** Resolves when a container does not run, at once where it does not now. */
export async function untilEnded(
  engine: DockerClient,
  { id, name }: ContainerRef,
  signal: AbortSignal,
): Promise<void> {
  const options = { query: { condition: "not-running" }, signal };
  // The head comes at once, the rest when it has ended.
  await text(await engine.open(`wait for the end of ${name}`, "POST", `/containers/${id}/wait`, options));
}

/** The last lines that a container without a terminal has printed. */
export async function logOf(engine: DockerClient, { id, name }: ContainerRef, tail: number): Promise<string> {
  const query = { stdout: true, stderr: true, tail };
  const frames = await engine.open(`read the log of ${name}`, "GET", `/containers/${id}/logs`, { query });
  const lines = new PassThrough();
  splitFrames(frames, lines, lines);
  frames.once("error", (error) => lines.destroy(error)).once("end", () => lines.end());
  return text(lines);
}

/** Whether a container has a file, running or not. */
export async function hasFile(
  engine: DockerClient,
  { id, name }: ContainerRef,
  path: string,
): Promise<boolean> {
  const found = engine.head(`look into container ${name}`, `/containers/${id}/archive`, { query: { path } });
  return (await ifPresent(found.then(() => true))) ?? false;
}
