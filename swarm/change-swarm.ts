import type { ManagerRef } from "../schema/connection";
import type { SwarmSpec } from "../docker/api/swarm";
import { isEngineError } from "../docker/errors";
import { inspectSwarm, updateSwarm } from "../docker/swarm";
import type { Waiting } from "../foundation/context";
import { onManager } from "./managers";

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
        return await updateSwarm(engine, spec, query, waiting.signal);
      } catch (error) {
        if (!isEngineError(error, "out-of-sequence") || attempt === ATTEMPTS) throw error;
      }
    }
  });
}
