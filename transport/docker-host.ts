import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

export const DEFAULT_DOCKER_HOST = "unix:///var/run/docker.sock";

/**
 * The Docker Engine that the docker CLI would talk to: DOCKER_HOST, else the chosen context, else the local socket.
 * Source: https://docs.docker.com/engine/manage-resources/contexts/ (a context's metadata lies in a folder named
 * by the SHA-256 of the context's name).
 */
export function currentDockerHost(env: NodeJS.ProcessEnv = process.env): string {
  if (env.DOCKER_HOST) return env.DOCKER_HOST;
  const folder = env.DOCKER_CONFIG ?? path.join(env.HOME ?? homedir(), ".docker");
  const context = env.DOCKER_CONTEXT ?? currentContext(folder);
  if (!context || context === "default") return DEFAULT_DOCKER_HOST;
  const digest = createHash("sha256").update(context).digest("hex");
  const file = path.join(folder, "contexts", "meta", digest, "meta.json");
  if (!existsSync(file)) {
    throw new Error(`The Docker context "${context}" has no metadata (${file}). Choose another: docker context use default`);
  }
  const meta = JSON.parse(readFileSync(file, "utf8")) as { Endpoints?: { docker?: { Host?: string } } };
  return meta.Endpoints?.docker?.Host ?? DEFAULT_DOCKER_HOST;
}

function currentContext(folder: string): string | undefined {
  const file = path.join(folder, "config.json");
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, "utf8")) as { currentContext?: string }).currentContext;
}

/** Where an engine listens, as Node's HTTP clients and dockerode take it. */
export interface DockerEndpoint {
  socketPath?: string;
  protocol?: "http" | "https";
  host?: string;
  port?: number;
}

export function dockerEndpoint(address: string): DockerEndpoint {
  if (!URL.canParse(address)) {
    throw new Error(
      `"${address}" is no address of a Docker Engine. Write it like unix:///var/run/docker.sock or tcp://127.0.0.1:2375.`,
    );
  }
  const { protocol, hostname: host, port, pathname } = new URL(address);
  if (protocol === "unix:") return { socketPath: pathname };
  if (protocol === "npipe:") return { socketPath: address.slice("npipe:".length) };
  if (protocol === "tcp:") return { protocol: "http", host, port: Number(port || 2375) };
  if (protocol === "http:") return { protocol: "http", host, port: Number(port || 80) };
  if (protocol === "https:") return { protocol: "https", host, port: Number(port || 443) };
  throw new Error(
    `The Docker Engine address "${address}" has the scheme "${protocol}"; the local platform talks unix, npipe, tcp or http. ` +
      "Set DOCKER_HOST or choose another context: docker context use default",
  );
}
