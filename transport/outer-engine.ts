import Docker from "dockerode";
import { currentDockerHost, dockerEndpoint } from "./docker-host";

const engines = new Map<string, Docker>();

/** The client of the Docker Engine that runs the nodes of a local cluster; one per address. */
export function outerEngine(dockerHost?: string): Docker {
  const address = dockerHost ?? currentDockerHost().url;
  let engine = engines.get(address);
  if (!engine) {
    engine = new Docker(dockerEndpoint(address));
    engines.set(address, engine);
  }
  return engine;
}
