import type Docker from "dockerode";
import { dockerEndpoint } from "./docker-endpoint";
import { dockerHostOf } from "./docker-host";
import { dockerAt } from "./modem";

const engines = new Map<string | undefined, Docker>();

/**
 * The client of the Docker Engine that runs the nodes of a local cluster; one per address.
 * @param dockerHost - as in DOCKER_HOST; where it is given, that of the environment does not count.
 */
export function outerEngine(dockerHost?: string): Docker {
  let engine = engines.get(dockerHost);
  if (!engine) {
    engine = dockerAt(dockerEndpoint(dockerHostOf(dockerHost)));
    engines.set(dockerHost, engine);
  }
  return engine;
}
