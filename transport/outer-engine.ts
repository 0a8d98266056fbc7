import type Docker from "dockerode";
import { dockerEndpoint } from "./docker-endpoint";
import { dockerHostOf } from "./docker-host";
import { dockerAt } from "./modem";
import { slot, type Session } from "../foundation/session";

const engines = slot(() => new Map<string | undefined, Docker>());

/**
 * The client of the Docker Engine that runs the nodes of a local cluster; one per address in a session.
 * @param dockerHost - as in DOCKER_HOST; where it is given, that of the environment does not count.
 */
export function outerEngine(dockerHost: string | undefined, session: Session): Docker {
  const known = session.get(engines);
  let engine = known.get(dockerHost);
  if (!engine) {
    engine = dockerAt(dockerEndpoint(dockerHostOf(dockerHost)));
    known.set(dockerHost, engine);
  }
  return engine;
}
