import { readFileSync } from "node:fs";
import type { Agent } from "node:http";
import { Agent as SecureAgent } from "node:https";
import path from "node:path";
import { createSecureContext, type SecureContext } from "node:tls";
import type { DockerHost, DockerTls } from "./docker-host";

/** Where an engine listens and how it is spoken to, as Node's HTTP clients take it. */
export interface DockerEndpoint {
  protocol: "http" | "https";
  socketPath?: string;
  host?: string;
  port?: number;
  /** Carries TLS, with the certificates inside: no other field holds a key, so none can be printed. */
  agent?: Agent;
}

/** Ports where none is given: those of docker's own CLI, whether TLS is spoken or not, and those of the web. */
const PORTS: Record<string, number> = { "tcp:": 2375, "http:": 80, "https:": 443 };

/**
 * The one way to an engine, for the program, the setup and the provider.
 * @throws Error where the address cannot be used or a certificate not be read; it has no `code`.
 */
export function dockerEndpoint(host: DockerHost): DockerEndpoint {
  const { protocol, hostname, port, pathname } = parsed(host.url);
  if (protocol === "unix:") return { protocol: "http", socketPath: decodeURIComponent(pathname) };
  if (protocol === "npipe:") return { protocol: "http", socketPath: host.url.slice("npipe:".length) };
  if (protocol === "ssh:") throw new Error(`${unusable(host.url, protocol)} ${forwarded(host.url)}`);
  if (!(protocol in PORTS)) throw new Error(`${unusable(host.url, protocol)} ${ANOTHER}`);
  if (pathname !== "" && pathname !== "/")
    throw new Error(
      `The Docker Engine address "${host.url}" has a path; an engine is found by host and port. Leave it out.`,
    );
  const endpoint = {
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(port || PORTS[protocol]),
  };
  if (!host.tls) return { protocol: "http", ...endpoint };
  return { protocol: "https", ...endpoint, agent: secureAgent(host.tls) };
}

const ANOTHER = "Set DOCKER_HOST or choose another context: docker context use default";

function parsed(url: string): URL {
  // As the docker CLI takes it: an address without a scheme is one of TCP.
  const address = /^[\w.-]+:\d+$/.test(url) ? `tcp://${url}` : url;
  if (URL.canParse(address)) return new URL(address);
  throw new Error(
    `"${url}" is no address of a Docker Engine. Write it like unix:///var/run/docker.sock or tcp://127.0.0.1:2375.`,
  );
}

function unusable(url: string, protocol: string): string {
  return `The Docker Engine address "${url}" has the scheme "${protocol}"; the local platform talks unix, npipe, tcp, http or https.`;
}

/** Each exec of a node would be a login of its own there, more than sshd lets in at a time. */
function forwarded(url: string): string {
  const { username, hostname, port } = new URL(url);
  const login = `${port ? `-p ${port} ` : ""}${username ? `${username}@` : ""}${hostname}`;
  return (
    `Forward that engine's socket (ssh -nNT -L /tmp/far.sock:/var/run/docker.sock ${login}) and ` +
    "set DOCKER_HOST to unix:///tmp/far.sock, or choose another context: docker context use default"
  );
}

/** Connections are kept as Node's own agents keep them. */
function secureAgent(tls: DockerTls): Agent {
  return new SecureAgent({
    keepAlive: true,
    scheduling: "lifo",
    timeout: 5_000,
    secureContext: secureContext(tls),
    rejectUnauthorized: tls.verify,
  });
}

function secureContext(tls: DockerTls): SecureContext {
  if (tls.folder === undefined) return createSecureContext();
  const ca = pem(tls, "ca.pem", tls.needsCa);
  const cert = pem(tls, "cert.pem");
  const key = pem(tls, "key.pem");
  try {
    return createSecureContext({ ca, ...(cert && key ? { cert, key } : {}) });
  } catch (error) {
    throw new Error(
      `${tls.askedBy} asks for TLS, and the certificate and key in ${tls.folder} (cert.pem, key.pem) cannot be used: ` +
        `${(error as Error).message}. Put a pair in PEM there that belongs together, the key not encrypted.`,
      { cause: error },
    );
  }
}

function pem(tls: DockerTls, name: string, isNeeded = false): string | undefined {
  const file = path.join(tls.folder ?? "", name);
  const problem = (text: string) =>
    new Error(
      `${tls.askedBy} asks for TLS, and ${file} ${text}. Put the engine's certificates there (ca.pem, cert.pem, ` +
        "key.pem), name their folder in DOCKER_CERT_PATH, or choose another engine.",
    );
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (!isNeeded && (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw problem(`cannot be read: ${(error as Error).message}`);
  }
  if (!text.includes("-----BEGIN ")) throw problem("is not in PEM form");
  return text;
}
