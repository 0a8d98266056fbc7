import type { DockerHost } from "../../transport/docker-host";
import { dockerRequest } from "../../transport/docker-request";

/** An engine that fifty containers start or end on answers only after a while. */
const SILENCE_MS = 30_000;

/** What a Docker Engine answered. */
export interface EngineAnswer {
  status: number;
  /** Nothing where the answer is no JSON. */
  json: unknown;
}

/** One GET. */
export async function askEngine(host: DockerHost, path: string): Promise<EngineAnswer> {
  const { status, body } = await dockerRequest(host, { path, silenceMs: SILENCE_MS });
  return { status, json: parsed(body) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
