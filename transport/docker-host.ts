import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

export const LOCAL_SOCKET = "unix:///var/run/docker.sock";

/** The Docker Engine that a `docker` command typed in the same shell would talk to. */
export interface DockerHost {
  url: string;
  from: "DOCKER_HOST" | "context" | "default";
  /** The context's name. */
  context?: string;
}

/**
 * Follows the docker CLI: DOCKER_HOST, then DOCKER_CONTEXT, then the current context, then the local socket.
 * Source: https://docs.docker.com/engine/manage-resources/contexts/ (a context's metadata lies in a folder named by
 * the SHA-256 of its name).
 */
export function currentDockerHost(env: NodeJS.ProcessEnv = process.env): DockerHost {
  if (env.DOCKER_HOST) return { url: env.DOCKER_HOST, from: "DOCKER_HOST" };
  const folder = env.DOCKER_CONFIG || path.join(env.HOME || homedir(), ".docker");
  const context = env.DOCKER_CONTEXT || readJson(path.join(folder, "config.json"))?.currentContext;
  if (typeof context !== "string" || !context || context === "default")
    return { url: LOCAL_SOCKET, from: "default" };
  const id = createHash("sha256").update(context).digest("hex");
  const meta = readJson(path.join(folder, "contexts", "meta", id, "meta.json")) as ContextMeta | undefined;
  const url = meta?.Endpoints?.docker?.Host;
  if (!url) {
    throw new Error(
      `The docker context "${context}" names no engine in ${folder}: ` +
        "choose another with `docker context use NAME`, or set DOCKER_HOST.",
    );
  }
  return { url, from: "context", context };
}

interface ContextMeta {
  Endpoints?: { docker?: { Host?: string } };
}

function readJson(file: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Error(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
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
