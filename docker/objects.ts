import type { DockerClient } from "../transport/docker-client";
import { ifPresent } from "./errors";
import type { SwarmObject } from "./api/object";

/** Configs and secrets: the same calls under two paths. Their content cannot change, only their labels can. */
export type ObjectKind = "config" | "secret";

export interface NewObject {
  Name: string;
  Labels: Record<string, string>;
  /** Base64. */
  Data: string;
  Templating?: { Name: string };
}

export async function createObject(
  engine: DockerClient,
  kind: ObjectKind,
  object: NewObject,
  signal: AbortSignal,
) {
  const { ID } = await engine.post<{ ID: string }>(`create ${kind} ${object.Name}`, `/${kind}s/create`, {
    body: object,
    signal,
  });
  return ID;
}

export function inspectObject(engine: DockerClient, kind: ObjectKind, id: string, signal: AbortSignal) {
  return ifPresent(engine.get<SwarmObject>(`inspect ${kind} ${id}`, `/${kind}s/${id}`, { signal }));
}

/** Objects whose labels include all of these. */
export function listObjects(
  engine: DockerClient,
  kind: ObjectKind,
  labels: Record<string, string>,
  signal: AbortSignal,
): Promise<SwarmObject[]> {
  const filters = JSON.stringify({
    label: Object.entries(labels).map(([name, value]) => `${name}=${value}`),
  });
  return engine.get<SwarmObject[]>(`list ${kind}s`, `/${kind}s`, { query: { filters }, signal });
}

export async function relabelObject(
  engine: DockerClient,
  kind: ObjectKind,
  object: SwarmObject,
  labels: Record<string, string>,
  signal: AbortSignal,
): Promise<void> {
  await engine.post(`update ${kind} ${object.Spec.Name}`, `/${kind}s/${object.ID}/update`, {
    query: { version: object.Version.Index },
    body: { ...object.Spec, Labels: labels },
    signal,
  });
}

export async function removeObject(engine: DockerClient, kind: ObjectKind, id: string, signal: AbortSignal) {
  await ifPresent(engine.delete(`remove ${kind} ${id}`, `/${kind}s/${id}`, { signal }));
}
