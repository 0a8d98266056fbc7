import type { DockerClient } from "../transport/docker-client";
import type { Volume } from "./api/volume";
import { ifPresent } from "./errors";

export function inspectVolume(
  engine: DockerClient,
  name: string,
  signal?: AbortSignal,
): Promise<Volume | undefined> {
  return ifPresent(engine.get<Volume>(`inspect volume ${name}`, `/volumes/${name}`, { signal }));
}

/** Volumes with all of these labels. */
export async function listVolumes(engine: DockerClient, label: string[]): Promise<Volume[]> {
  const query = { filters: { label } };
  const { Volumes } = await engine.get<{ Volumes: Volume[] | null }>("list volumes", "/volumes", { query });
  return Volumes ?? [];
}

/** All volumes of an engine, without their sizes. */
export async function allVolumes(engine: DockerClient, signal?: AbortSignal): Promise<Volume[]> {
  const { Volumes } = await engine.get<{ Volumes: Volume[] | null }>("list volumes", "/volumes", { signal });
  return Volumes ?? [];
}

/** The engine adds up every file of every volume, which takes its time on a disk that is slow. */
const SIZES_TIMEOUT_MS = 300_000;

/** Bytes in each volume of an engine, by its name. Volumes whose driver does not lie on the machine are not measured. */
export async function volumeSizes(engine: DockerClient, signal?: AbortSignal): Promise<Map<string, number>> {
  // Engines since API 1.52 have another shape for those who ask for it, and the one before is to go.
  const query = { type: "volume", verbose: true };
  const { Volumes, VolumeUsage } = await engine.get<{
    Volumes?: Volume[] | null;
    VolumeUsage?: { Items?: Volume[] | null };
  }>("measure volumes", "/system/df", { query, signal, timeoutMs: SIZES_TIMEOUT_MS });
  const measured = (Volumes ?? VolumeUsage?.Items ?? []).map(({ Name, UsageData }): [string, number] => [
    Name,
    UsageData?.Size ?? -1,
  ]);
  return new Map(measured.filter(([, size]) => size >= 0));
}

/** A volume that is to be. */
export interface NewVolume {
  name: string;
  labels: Record<string, string>;
  /** What its driver is told. @default nothing: a plain folder of the engine's */
  options?: Record<string, string>;
}

/** Nothing is changed where there is one. */
export async function createVolume(
  engine: DockerClient,
  { name, labels, options }: NewVolume,
  signal?: AbortSignal,
): Promise<Volume> {
  const body = { Name: name, Labels: labels, DriverOpts: options };
  return engine.post<Volume>(`create volume ${name}`, "/volumes/create", { body, signal });
}

/** Nothing where there is none. */
export async function deleteVolume(engine: DockerClient, name: string, signal?: AbortSignal): Promise<void> {
  await ifPresent(engine.delete(`remove volume ${name}`, `/volumes/${name}`, { signal }));
}
