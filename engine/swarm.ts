import type { ManagerRef } from "../contract/connection";
import type { EngineClient } from "./engine-client";
import { isEngineError } from "./errors";
import type { Waiting } from "./conditions";
import { onManager } from "./managers";
import type { SwarmInspect, SwarmSpec } from "./api/swarm";

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

export interface Rotations {
  rotateWorkerToken?: boolean;
  rotateManagerToken?: boolean;
  rotateManagerUnlockKey?: boolean;
}

const ATTEMPTS = 8;

/**
 * Changes the swarm's spec by read-modify-write: the engine takes the whole spec and sets to zero what is left out.
 * The spec is read again for every attempt, so a rotation is asked for exactly once.
 */
export async function changeSwarm(
  managers: readonly ManagerRef[],
  waiting: Waiting,
  change: (spec: SwarmSpec) => SwarmSpec,
  rotations: Rotations = {},
): Promise<void> {
  const rotate = Object.values(rotations).some(Boolean);
  await onManager(managers, waiting, async (engine) => {
    for (let attempt = 1; ; attempt++) {
      const { Spec, Version } = await inspectSwarm(engine, waiting.signal);
      const spec = change(structuredClone(Spec));
      if (!rotate && JSON.stringify(spec) === JSON.stringify(Spec)) return;
      try {
        const query = { version: Version.Index, ...rotations };
        return await engine.post("update the swarm", "/swarm/update", {
          query,
          body: spec,
          signal: waiting.signal,
        });
      } catch (error) {
        if (!isEngineError(error, "out-of-sequence") || attempt === ATTEMPTS) throw error;
      }
    }
  });
}
