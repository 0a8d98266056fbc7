import type { DockerClient } from "../transport/docker-client";
import type { DistributionInspect } from "./api/distribution";

/** A user of a registry. */
export interface RegistryLogin {
  /** Host, with its port where that is not 443; "docker.io" is Docker Hub. */
  server: string;
  username: string;
  password: string;
}

/** Docker Hub by what its logins have been called since it was the only registry. */
const HUB = "https://index.docker.io/v1/";

/** What Docker calls a registry where it keeps a login. */
export function addressOf(server: string): string {
  return isHub(server) ? HUB : server;
}

/** The registry that an image comes from: what its name begins with, where that can be a host (distribution/reference). */
export function registryOf(image: string): string {
  const [first, ...rest] = image.split("/");
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost" || /[A-Z]/.test(first));
  return isHost && !isHub(first) ? first : "docker.io";
}

function isHub(server: string): boolean {
  return ["docker.io", "index.docker.io"].includes(server);
}

/** The engine logs in, and forgets it. @throws EngineError where the registry refuses, or cannot be asked */
export async function tryLogin(
  engine: DockerClient,
  { server, username, password }: RegistryLogin,
  options: { signal: AbortSignal; timeoutMs: number },
): Promise<void> {
  const body = { username, password, serveraddress: addressOf(server) };
  await engine.post<unknown>(`log in to ${server}`, "/auth", { body, ...options });
}

/** The digest of what an image's name stands for in its registry now. */
export async function imageDigest(
  engine: DockerClient,
  image: string,
  login: RegistryLogin | undefined,
  signal: AbortSignal,
): Promise<string> {
  // The engine takes the slashes of a name as they are.
  const path = `/distribution/${image.split("/").map(encodeURIComponent).join("/")}/json`;
  const { Descriptor } = await engine.get<DistributionInspect>(`ask for ${image}`, path, {
    headers: authHeader(login),
    signal,
  });
  return Descriptor.digest;
}

/** A login as the engine takes it with a call; without one, that there is none. */
export function authHeader(login: RegistryLogin | undefined): Record<string, string> {
  const { username, password, server } = login ?? {};
  const auth = server === undefined ? {} : { username, password, serveraddress: addressOf(server) };
  // Go's URL encoding, which has padding: without it the engine takes the header for none.
  const encoded = Buffer.from(JSON.stringify(auth)).toString("base64");
  return { "X-Registry-Auth": encoded.replaceAll("+", "-").replaceAll("/", "_") };
}
