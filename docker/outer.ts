import type Docker from "dockerode";
import { dockerRemedy } from "../transport/docker-failure";
import { describeDockerHost, dockerHostOf } from "../transport/docker-host";
import { outerEngine } from "../transport/outer-engine";
import { engineError, isEngineError } from "./errors";
import { TransportError } from "../transport/transport";
import type { InSession } from "../foundation/session";

const NAME = "Docker Engine";

/** Runs one call against the engine that runs the nodes, with its errors mapped like those of any other engine. */
export async function onOuterEngine<T>(
  dockerHost: string | undefined,
  { session }: InSession,
  action: string,
  call: (docker: Docker) => Promise<T>,
): Promise<T> {
  try {
    return await call(outerEngine(dockerHost, session));
  } catch (error) {
    const { statusCode, json } = error as { statusCode?: number; json?: { message?: string } };
    // It is so already: a running container was told to start. Such calls answer nothing anyway.
    if (statusCode === 304) return undefined as T;
    if (statusCode !== undefined)
      throw engineError(NAME, action, statusCode, json?.message ?? (error as Error).message);
    const { code, message } = error as NodeJS.ErrnoException;
    if (code) {
      const host = dockerHostOf(dockerHost);
      const answer = `${action}: it does not answer at ${describeDockerHost(host)}: ${message}`;
      throw new TransportError(NAME, "unreachable", answer, dockerRemedy(host, code));
    }
    throw error;
  }
}

/** The result of a look-up, or nothing where the engine says that there is no such object. */
export async function ifPresent<T>(lookup: Promise<T>): Promise<T | undefined> {
  try {
    return await lookup;
  } catch (error) {
    if (isEngineError(error, "not-found")) return undefined;
    throw error;
  }
}
