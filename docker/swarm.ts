import type { EngineClient } from "./engine-client";
import type { SwarmInspect } from "./api/swarm";

export function inspectSwarm(engine: EngineClient, signal?: AbortSignal): Promise<SwarmInspect> {
  return engine.get<SwarmInspect>("inspect the swarm", "/swarm", { signal });
}

/** The key that unlocks a restarted manager; empty where autolock is off. */
export async function unlockKey(
  engine: EngineClient,
  signal?: AbortSignal,
  timeoutMs?: number,
): Promise<string> {
  const { UnlockKey } = await engine.get<{ UnlockKey: string }>("read the unlock key", "/swarm/unlockkey", {
    signal,
    timeoutMs,
  });
  return UnlockKey ?? "";
}
