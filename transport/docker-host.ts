import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import type { EngineConnection } from "../schema/connection";
import { isClusterSocket } from "../foundation/cluster-sockets";
import { SWARM_COMMAND } from "../foundation/command-lines";
import { formerDockerHost } from "../foundation/shell-of-cluster";

export const LOCAL_SOCKET = "unix:///var/run/docker.sock";
const LOCAL_TLS = "tcp://localhost:2376";

/** A Docker Engine, and how it is to be talked to. */
export interface DockerHost {
  /** As in DOCKER_HOST. */
  url: string;
  /** Who named it: the platform's `dockerHost`, the environment, a docker context, or nobody. */
  from: "dockerHost" | "DOCKER_HOST" | "DOCKER_TLS" | "context" | "default";
  /** The context's name. */
  context?: string;
  /** Nothing for a socket and for plain HTTP. */
  tls?: DockerTls;
}

/** Where the certificates lie, never what they hold: keys are read when a connection is made, and kept nowhere. */
export interface DockerTls {
  /** Of ca.pem, cert.pem and key.pem; nothing where the authorities of this machine are trusted. */
  folder?: string;
  /** Whether ca.pem must be among them. */
  needsCa: boolean;
  /** Whether the engine has to prove who it is. */
  verify: boolean;
  /** What asked for it, in messages. */
  askedBy: string;
}

/**
 * The engine that a `docker` command typed in the same shell would talk to, or `docker --host dockerHost`. The rules are
 * those of docker/cli (cli/command/cli.go: resolveContextName, resolveDefaultDockerEndpoint; cli/flags/options.go;
 * cli/context/docker/load.go; https://docs.docker.com/engine/manage-resources/contexts/):
 * - An address that is given outright wins over everything, then DOCKER_HOST, DOCKER_CONTEXT, the current context.
 * - For both kinds of address the environment says whether TLS is spoken: DOCKER_TLS_VERIFY, if it is not empty (`0` as
 *   well), with a look at the engine's certificate, DOCKER_TLS without. DOCKER_CERT_PATH alone asks for nothing; it is
 *   the folder of the files, by default that of docker's configuration.
 * - For a context they lie in a folder of its own, and nothing of the environment counts.
 * - Sockets have no TLS, whatever is set.
 * Ours is `https://`, which the CLI takes in contexts only: TLS that is verified, where the environment asks for none by
 * the authorities that Node trusts. Ours is as well that a manager of a cluster is never meant (shell-of-cluster.ts).
 */
export function dockerHostOf(
  dockerHost: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): DockerHost {
  if (dockerHost) return addressed(dockerHost, "dockerHost", env);
  const named = formerDockerHost(env);
  if (named) return notOfCluster(addressed(named, "DOCKER_HOST", env), env);
  const folder = configFolder(env);
  const context = env.DOCKER_CONTEXT || readJson(path.join(folder, "config.json"))?.currentContext;
  if (typeof context === "string" && context && context !== "default")
    return notOfCluster(contextHost(folder, context), env);
  const tls = environmentTls(env);
  return tls ? { url: LOCAL_TLS, from: "DOCKER_TLS", tls } : { url: LOCAL_SOCKET, from: "default" };
}

/**
 * The engine of a connection. A context that is named wins over the environment, as with `docker --context`; the one
 * called "default" is DOCKER_HOST or the local socket, whichever context is selected.
 * @throws Error where there is no such context.
 */
export function connectedHost(
  { dockerHost, context }: EngineConnection,
  env: NodeJS.ProcessEnv = process.env,
): DockerHost {
  if (context === undefined || dockerHost !== undefined) return dockerHostOf(dockerHost, env);
  if (context !== "default") return contextHost(configFolder(env), context);
  // A shell that points at a manager means it here.
  if (env.DOCKER_HOST) return addressed(env.DOCKER_HOST, "DOCKER_HOST", env);
  return dockerHostOf(undefined, { ...env, DOCKER_CONTEXT: context });
}

/** A manager's engine runs no nodes: whoever looked for them there would take all of them for gone. */
function notOfCluster(host: DockerHost, env: NodeJS.ProcessEnv): DockerHost {
  if (!isClusterSocket(host.url, env)) return host;
  const remedy =
    host.from === "context"
      ? "Choose another one: docker context use default"
      : "Take it back: unset DOCKER_HOST, or set it to that engine";
  throw new Error(
    `${describeDockerHost(host)} is a manager of a cluster, not the engine that runs its nodes. ${remedy}. ` +
      `What \`${SWARM_COMMAND} env\` prints keeps the two apart.`,
  );
}

/** How a person finds it. */
export function describeDockerHost({ url, context }: DockerHost): string {
  return context ? `${url} (context ${context})` : url;
}

/**
 * What makes the docker CLI talk to the same engine where it is given outright, whatever the environment holds beside
 * it. It depends on the address alone: as an input of a resource it must be the same in every shell.
 */
export function dockerCliVariables(dockerHost: string | undefined): Record<string, string> {
  if (!dockerHost) return {};
  const [, scheme, rest] = /^(https?):\/\/(.*?)\/?$/.exec(dockerHost) ?? [];
  // The CLI reads its ca.pem even for a socket, and fails where there is none.
  const plain = { DOCKER_TLS: "", DOCKER_TLS_VERIFY: "" };
  if (scheme === "http") return { DOCKER_HOST: `tcp://${withPort(rest, 80)}`, ...plain };
  if (scheme === "https") return { DOCKER_HOST: `tcp://${withPort(rest, 443)}`, DOCKER_TLS_VERIFY: "1" };
  return isSocket(dockerHost) ? { DOCKER_HOST: dockerHost, ...plain } : { DOCKER_HOST: dockerHost };
}

/** What makes the docker CLI talk to the engine of a connection; `undefined` takes a variable out. */
export function connectedCliVariables({ dockerHost, context }: EngineConnection): NodeJS.ProcessEnv {
  if (dockerHost !== undefined) return { ...dockerCliVariables(dockerHost), DOCKER_CONTEXT: undefined };
  // DOCKER_HOST would win over the context, but that one which means it.
  return { DOCKER_CONTEXT: context, ...(context === "default" ? {} : { DOCKER_HOST: undefined }) };
}

function withPort(host: string, port: number): string {
  return /:\d+$/.test(host) ? host : `${host}:${port}`;
}

function addressed(url: string, from: DockerHost["from"], env: NodeJS.ProcessEnv): DockerHost {
  if (isSocket(url) || url.startsWith("http://")) return { url, from };
  const asked = environmentTls(env);
  if (!url.startsWith("https://")) return { url, from, ...(asked ? { tls: asked } : {}) };
  return { url, from, tls: { needsCa: true, askedBy: "https://", ...asked, verify: true } };
}

function environmentTls(env: NodeJS.ProcessEnv): DockerTls | undefined {
  const askedBy = env.DOCKER_TLS_VERIFY ? "DOCKER_TLS_VERIFY" : env.DOCKER_TLS ? "DOCKER_TLS" : undefined;
  if (!askedBy) return undefined;
  const folder = env.DOCKER_CERT_PATH || configFolder(env);
  return { folder, needsCa: true, verify: askedBy === "DOCKER_TLS_VERIFY", askedBy };
}

function contextHost(folder: string, context: string): DockerHost {
  const id = createHash("sha256").update(context).digest("hex");
  const meta = readJson(path.join(folder, "contexts", "meta", id, "meta.json")) as ContextMeta | undefined;
  const { Host: url, SkipTLSVerify: skip = false } = meta?.Endpoints?.docker ?? {};
  if (!url) {
    throw new Error(
      `The docker context "${context}" names no engine in ${folder}: ` +
        "choose another with `docker context use NAME`, or set DOCKER_HOST.",
    );
  }
  const files = path.join(folder, "contexts", "tls", id, "docker");
  const has = existsSync(files);
  const wanted = has || skip || url.startsWith("https://");
  if (isSocket(url) || !wanted) return { url, from: "context", context };
  const tls = { needsCa: false, verify: !skip, askedBy: `the context "${context}"` };
  return { url, from: "context", context, tls: has ? { ...tls, folder: files } : tls };
}

interface ContextMeta {
  Endpoints?: { docker?: { Host?: string; SkipTLSVerify?: boolean } };
}

function isSocket(url: string): boolean {
  return /^(unix|npipe|fd):/.test(url);
}

function configFolder(env: NodeJS.ProcessEnv): string {
  return env.DOCKER_CONFIG || path.join(env.HOME || homedir(), ".docker");
}

function readJson(file: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Error(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
