import type { Readable } from "node:stream";
import type { DockerClient } from "../transport/docker-client";
import type { ImageInspect, ImageSummary } from "./api/image";
import { ifPresent } from "./errors";
import { eventsOf, type ProgressEvent } from "./progress";

/** Two cores that are busy take minutes to unpack an image. */
const LOAD_TIMEOUT_MS = 600_000;

export function inspectImage(
  engine: DockerClient,
  name: string,
  signal?: AbortSignal,
): Promise<ImageInspect | undefined> {
  return ifPresent(engine.get<ImageInspect>(`inspect image ${name}`, pathOf(name, "/json"), { signal }));
}

export function listImages(engine: DockerClient, filters: Record<string, string[]>): Promise<ImageSummary[]> {
  return engine.get<ImageSummary[]>("list images", "/images/json", { query: { filters } });
}

/** Nothing where there is none. */
export async function deleteImage(engine: DockerClient, name: string): Promise<void> {
  await ifPresent(engine.delete(`remove image ${name}`, pathOf(name), { query: { force: true } }));
}

export interface PullOptions {
  /** A pull that tells nothing for so many milliseconds is given up. @default never */
  silenceMs?: number;
  onEvent?: (event: ProgressEvent) => void;
}

/** @throws Error with what the registry says, where there is no such image in reach */
export async function pullImage(
  engine: DockerClient,
  name: string,
  { silenceMs, onEvent }: PullOptions = {},
): Promise<void> {
  // Without a tag the engine would pull all there are.
  const tag = /[:@][^/]*$/.test(name) ? undefined : "latest";
  const options = { query: { fromImage: name, tag }, silenceMs };
  const progress = await engine.open(`pull image ${name}`, "POST", "/images/create", options);
  for await (const event of eventsOf(progress)) {
    if (event.error) throw new Error(event.error);
    onEvent?.(event);
  }
}

/** Makes an image of one layer out of an archive of its files. @throws Error with the engine's words where it does not */
export async function importImage(
  engine: DockerClient,
  name: string,
  archive: Readable,
  changes: string,
  silenceMs: number,
): Promise<void> {
  const [repo, tag] = name.split(":");
  const options = {
    query: { fromSrc: "-", repo, tag, changes },
    body: archive,
    silenceMs,
    timeoutMs: LOAD_TIMEOUT_MS,
  };
  const progress = await engine.open(`import image ${name}`, "POST", "/images/create", options);
  for await (const { error } of eventsOf(progress)) if (error) throw new Error(error);
}

export interface BuildOptions {
  /** Tag of the result. */
  name: string;
  dockerfile: string;
  buildArgs?: Record<string, string>;
  labels: Record<string, string>;
  signal: AbortSignal;
  /** Told each line that the build prints. */
  onLine: (line: string) => void;
}

/** Builds an image of an archive. @returns why it was not built, or nothing */
export async function buildFrom(
  engine: DockerClient,
  archive: Readable,
  { name, dockerfile, buildArgs, labels, signal, onLine }: BuildOptions,
): Promise<string | undefined> {
  const query = { t: name, dockerfile, buildargs: buildArgs, labels, rm: true, forcerm: true };
  const options = { query, body: archive, signal };
  const progress = await engine.open(`build image ${name}`, "POST", "/build", options);
  let failure: string | undefined;
  for await (const { error, stream = "" } of eventsOf(progress)) {
    failure = error ?? failure;
    stream
      .split("\n")
      .filter((line) => line.trim() !== "")
      .forEach(onLine);
  }
  return failure;
}

/** An image as an archive, as it comes. */
export function saveImage(engine: DockerClient, name: string): Promise<Readable> {
  return engine.open(`save image ${name}`, "GET", pathOf(name, "/get"));
}

/** Gives an engine an image out of an archive. */
export async function loadImage(
  engine: DockerClient,
  name: string,
  archive: Readable,
  signal: AbortSignal,
): Promise<void> {
  const query = { quiet: true };
  const timeoutMs = LOAD_TIMEOUT_MS;
  await engine.post(`load image ${name}`, "/images/load", { query, body: archive, signal, timeoutMs });
}

function pathOf(name: string, what = ""): string {
  return `/images/${encodeURIComponent(name)}${what}`;
}
