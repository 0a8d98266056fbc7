import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { home } from "./paths";

export const LOCAL_SOCKET = "unix:///var/run/docker.sock";

/** The Docker Engine that a `docker` command typed in the same shell would talk to. */
export interface DockerEndpoint {
  url: string;
  from: "DOCKER_HOST" | "context" | "default";
  /** The context's name. */
  context?: string;
}

/** Follows the docker CLI: DOCKER_HOST, then DOCKER_CONTEXT, then the current context, then the local socket. */
export function dockerEndpoint(env: NodeJS.ProcessEnv): DockerEndpoint {
  if (env.DOCKER_HOST) return { url: env.DOCKER_HOST, from: "DOCKER_HOST" };
  const folder = env.DOCKER_CONFIG || path.join(home(env), ".docker");
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
