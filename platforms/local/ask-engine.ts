import type { DockerHost } from "../../transport/docker-host";
import { dockerRequest } from "../../transport/docker-request";

/**
 * An engine that fifty containers start or end on answers only after a while; one that deletes an image says nothing of any
 * image, nor of itself, until its layers are gone (moby 20.10, image/store.go: Delete holds the store's lock), which takes
 * a busy disk more than half a minute.
 */
const SILENCE_MS = 120_000;
/** Its version it tells without any lock. */
const VERSION_SILENCE_MS = 30_000;

/** What a Docker Engine answered. */
export interface EngineAnswer {
  status: number;
  /** Nothing where the answer is no JSON. */
  json: unknown;
}

/** One GET. */
export async function askEngine(host: DockerHost, path: string): Promise<EngineAnswer> {
  const silenceMs = path === "/version" ? VERSION_SILENCE_MS : SILENCE_MS;
  const { status, body } = await dockerRequest(host, { path, silenceMs });
  return { status, json: parsed(body) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
