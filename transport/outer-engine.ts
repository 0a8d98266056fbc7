import Docker from "dockerode";
import { currentDockerHost } from "./docker-host";

const engines = new Map<string, Docker>();

/** The client of the Docker Engine that runs the nodes of a local cluster; one per address. */
export function outerEngine(dockerHost?: string): Docker {
  const address = dockerHost ?? currentDockerHost();
  let engine = engines.get(address);
  if (!engine) {
    engine = new Docker(optionsFor(address));
    engines.set(address, engine);
  }
  return engine;
}

function optionsFor(address: string): Docker.DockerOptions {
  const url = new URL(address);
  if (url.protocol === "unix:") return { socketPath: url.pathname };
  if (url.protocol === "npipe:") return { socketPath: address.slice("npipe:".length) };
  if (url.protocol === "tcp:") return { protocol: "http", host: url.hostname, port: Number(url.port || 2375) };
  if (url.protocol === "http:" || url.protocol === "https:")
    return { protocol: url.protocol === "https:" ? "https" : "http", host: url.hostname, port: url.port };
  throw new Error(
    `The Docker Engine address "${address}" has the scheme "${url.protocol}"; the local platform talks unix, npipe, tcp or http. ` +
      "Set DOCKER_HOST or choose another context: docker context use default",
  );
}
