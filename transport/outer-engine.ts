import { HostClient } from "./docker-client";
import { dockerHostOf } from "./docker-host";
import { slot, type Session } from "../foundation/session";

/**
 * It runs the nodes: fifty containers that start or end on it, or images and volumes that it deletes, keep it from answering
 * for minutes, and giving up then would leave behind what it makes in the end.
 */
const TIMEOUT_MS = 600_000;

const engines = slot(() => new Map<string | undefined, HostClient>());

/**
 * The client of the Docker Engine that runs the nodes of a local cluster; one per address in a session.
 * @param dockerHost - as in DOCKER_HOST; where it is given, that of the environment does not count.
 */
export function outerEngine(dockerHost: string | undefined, session: Session): HostClient {
  const known = session.get(engines);
  let engine = known.get(dockerHost);
  if (!engine) {
    engine = new HostClient("Docker Engine", dockerHostOf(dockerHost), TIMEOUT_MS);
    known.set(dockerHost, engine);
  }
  return engine;
}
