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
