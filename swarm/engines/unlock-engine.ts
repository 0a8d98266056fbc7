import { TransportError } from "../../transport/transport";
import type { Waiting } from "../../foundation/context";
import type { EngineClient } from "../../docker/engine-client";
import { isEngineError } from "../../docker/errors";
import { unlockSwarm } from "../../docker/swarm";

/** A wrong key is answered at once; a right one only when the manager has found a leader. */
const ANSWER_TIMEOUT_MS = 20_000;

type Locked = Pick<EngineClient, "post" | "swarmState">;

/**
 * Unlocks a manager that autolock has locked at its restart, with the first of the keys that fits.
 *
 * Where the swarm has lost its quorum, the engine takes the key and answers nothing until there is a leader: unlock all
 * locked managers at once, and wait for them afterwards with `managerAgain`.
 * Source: moby `daemon/cluster/swarm.go`, UnlockSwarm.
 * @param keys - unlock keys, the newest first: a manager that was down while the key was rotated wants an older one.
 * @returns whether it is not locked any more; false: none of the keys fits, and nothing was changed.
 * @throws TransportError where the machine does not answer.
 */
export async function unlocked(engine: Locked, keys: readonly string[], waiting: Waiting): Promise<boolean> {
  for (const key of keys) {
    if (await fits(engine, key, waiting)) return true;
  }
  return false;
}

async function fits(engine: Locked, key: string, { signal }: Waiting): Promise<boolean> {
  try {
    await unlockSwarm(engine, key, { signal, timeoutMs: ANSWER_TIMEOUT_MS });
    return true;
  } catch (error) {
    if (isEngineError(error, "not-locked")) return true;
    if (isEngineError(error, "wrong-key")) return false;
    // No answer in time: it took the key and waits for a leader, unless it says that it is locked still.
    if (error instanceof TransportError && (await engine.swarmState(signal)) !== "locked") return true;
    throw error;
  }
}
