import type { DockerClient } from "../transport/docker-client";
import type { SwarmInspect, SwarmSpec } from "./api/swarm";

/** The options of one call. */
interface Asked {
  signal?: AbortSignal;
  timeoutMs?: number;
}

export function inspectSwarm(engine: DockerClient, signal?: AbortSignal): Promise<SwarmInspect> {
  return engine.get<SwarmInspect>("inspect the swarm", "/swarm", { signal });
}

/** The key that unlocks a restarted manager; empty where autolock is off. */
export async function unlockKey(
  engine: DockerClient,
  signal?: AbortSignal,
  timeoutMs?: number,
): Promise<string> {
  const { UnlockKey } = await engine.get<{ UnlockKey: string }>("read the unlock key", "/swarm/unlockkey", {
    signal,
    timeoutMs,
  });
  return UnlockKey ?? "";
}

/** Makes a swarm, whose first manager the engine is; or, forced, makes it the only one of the swarm that it is in. */
export function initSwarm(
  engine: DockerClient,
  action: string,
  body: { ForceNewCluster?: true } & Record<string, unknown>,
  asked: Asked,
): Promise<void> {
  return engine.post(action, "/swarm/init", { ...asked, body });
}

export function joinSwarm(
  engine: DockerClient,
  body: { RemoteAddrs: string[]; JoinToken: string } & Record<string, unknown>,
  asked: Asked,
): Promise<void> {
  return engine.post("join the swarm", "/swarm/join", { ...asked, body });
}

/** The engine forgets its swarm, whoever needs it there. */
export function leaveSwarm(engine: DockerClient, asked: Asked): Promise<void> {
  return engine.post("leave the swarm", "/swarm/leave", { ...asked, query: { force: true } });
}

export function unlockSwarm(
  engine: Pick<DockerClient, "post">,
  UnlockKey: string,
  asked: Asked,
): Promise<void> {
  return engine.post("unlock", "/swarm/unlock", { ...asked, body: { UnlockKey } });
}

/**
 * Writes the whole spec; what it leaves out becomes zero.
 * @param query - the version that was read, and what is to be rotated
 */
export function updateSwarm(
  engine: DockerClient,
  spec: SwarmSpec,
  query: { version: number } & Record<string, number | boolean | undefined>,
  signal?: AbortSignal,
): Promise<void> {
  return engine.post("update the swarm", "/swarm/update", { query, body: spec, signal });
}
