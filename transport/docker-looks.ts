import { HostClient } from "./docker-client";
import { EngineError, ifPresent } from "./docker-errors";
import { dockerRemedy, isDenied, reasonOf } from "./docker-failure";
import type { DockerHost } from "./docker-host";
import { TransportError } from "./transport";

/**
 * An engine that fifty containers start or end on answers only after a while; one that deletes an image says nothing of any
 * image, nor of itself, until its layers are gone (moby 20.10, image/store.go: Delete holds the store's lock), which takes
 * a busy disk more than half a minute.
 */
const TIMEOUT_MS = 120_000;
/** Its version it tells without any lock. */
const VERSION_TIMEOUT_MS = 30_000;

/** What answers at an address: a Docker Engine of this version. */
export interface EngineVersion {
  Version: string;
  ApiVersion: string;
}

/** Why no Docker Engine answers at an address. */
export interface NoEngine {
  reason: string;
  remedy: string;
  /** Whether this user may not use its socket. */
  isDenied: boolean;
  /** Whether something else answers there. */
  isOther: boolean;
}

/** A container as far as it can be in a cluster's way. */
export interface SeenContainer {
  Names: string[];
  Labels: Record<string, string> | null;
  Ports: { IP?: string; PublicPort?: number; Type: string }[];
}

/** A network as far as it can be in a cluster's way. */
export interface SeenNetwork {
  Name: string;
  Labels: Record<string, string> | null;
}

/**
 * What the program and the setup ask of an engine before anything is made. They do without `docker/`, as they have to start
 * quickly, but ask by the same client.
 *
 * @throws Error where the address cannot be used or a certificate not be read.
 */
export async function engineVersion(
  host: DockerHost,
  timeoutMs = VERSION_TIMEOUT_MS,
): Promise<EngineVersion | NoEngine> {
  const engine = clientOf(host);
  const other = { remedy: dockerRemedy(host), isDenied: false, isOther: true };
  try {
    const found = await engine.get<Partial<EngineVersion> | undefined>("ask for its version", "/version", {
      timeoutMs,
    });
    const { Version = "unknown", ApiVersion } = found ?? {};
    return ApiVersion ? { Version, ApiVersion } : { reason: "its answer is no version", ...other };
  } catch (error) {
    if (error instanceof EngineError) return { reason: `HTTP ${error.status}: ${error.answer}`, ...other };
    if (!(error instanceof TransportError)) throw error;
    const { remedy, cause } = error;
    return { reason: reasonOf(cause as Error), remedy, isDenied: isDenied(error), isOther: false };
  }
}

/** Processors that an engine's machine has. */
export async function processorsOf(host: DockerHost): Promise<number | undefined> {
  const { NCPU } = await clientOf(host).get<{ NCPU?: number }>("ask what it is", "/info");
  return NCPU;
}

/** Containers that run and others. */
export function seenContainers(host: DockerHost): Promise<SeenContainer[]> {
  return clientOf(host).get("list containers", "/containers/json", { query: { all: true } });
}

export function seenNetworks(host: DockerHost): Promise<SeenNetwork[]> {
  return clientOf(host).get("list networks", "/networks");
}

export async function hasImage(host: DockerHost, name: string): Promise<boolean> {
  const path = `/images/${encodeURIComponent(name)}/json`;
  return (await ifPresent(clientOf(host).get<object>(`inspect image ${name}`, path))) !== undefined;
}

/** Each asks once or twice: nothing is kept open that would keep the program from ending. */
function clientOf(host: DockerHost): HostClient {
  return new HostClient("Docker Engine", host, TIMEOUT_MS, true);
}
