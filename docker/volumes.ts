import type { DockerClient } from "../transport/docker-client";
import type { Volume } from "./api/volume";
import { ifPresent } from "./errors";

export function inspectVolume(engine: DockerClient, name: string): Promise<Volume | undefined> {
  return ifPresent(engine.get<Volume>(`inspect volume ${name}`, `/volumes/${name}`));
}

/** Volumes with all of these labels. */
export async function listVolumes(engine: DockerClient, label: string[]): Promise<Volume[]> {
  const query = { filters: { label } };
  const { Volumes } = await engine.get<{ Volumes: Volume[] | null }>("list volumes", "/volumes", { query });
  return Volumes ?? [];
}

/** Nothing where there is none. */
export async function deleteVolume(engine: DockerClient, name: string): Promise<void> {
  await ifPresent(engine.delete(`remove volume ${name}`, `/volumes/${name}`));
}

/** Removes the volumes of an engine that no container uses, those with a name as well. */
export async function pruneVolumes(engine: DockerClient, signal?: AbortSignal): Promise<void> {
  const query = { filters: { all: ["true"] } };
  await engine.post<unknown>("remove its volumes", "/volumes/prune", { query, signal });
}
