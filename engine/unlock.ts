import type { ManagerRef } from "../contract/connection";
import type { Role } from "../contract/swarm";
import { TransportError } from "../transport/transport";
import { showPending, type Waiting } from "./conditions";
import { connect } from "./connect";
import type { EngineClient } from "./engine-client";
import { isEngineError } from "./errors";
import { nodeReady } from "./node-ready";
import { info } from "./swarm-nodes";
import { waitFor } from "./wait";

/** A wrong key is answered at once; a right one only when the manager has found a leader. */
const ANSWER_TIMEOUT_MS = 20_000;
/** Elections begin anew while managers come back one by one. */
const ACTIVE_TIMEOUT_MS = 120_000;

type Locked = Pick<EngineClient, "post" | "swarmState">;

/**
 * Unlocks a manager that autolock has locked at its restart, with the first of the keys that fits.
 *
 * Where the swarm has lost its quorum, the engine takes the key and answers nothing until there is a leader: unlock all
 * locked managers at once, and wait for them afterwards with {@link managerAgain}.
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
    await engine.post("unlock", "/swarm/unlock", {
      body: { UnlockKey: key },
      signal,
      timeoutMs: ANSWER_TIMEOUT_MS,
    });
    return true;
  } catch (error) {
    if (isEngineError(error, "not-locked")) return true;
    if (isEngineError(error, "wrong-key")) return false;
    // No answer in time: it took the key and waits for a leader, unless it says that it is locked still.
    if (error instanceof TransportError && (await engine.swarmState(signal)) !== "locked") return true;
    throw error;
  }
}

/** A manager that was unlocked is one again: active by its own word, and Ready and Reachable by that of the others. */
export function managerAgain(
  manager: ManagerRef,
  managers: readonly ManagerRef[],
  waiting: Waiting,
): Promise<void> {
  return memberAgain(manager, "manager", managers, waiting);
}

/** A node whose engine was restarted is a member again, by its own word and by that of the managers. */
export async function memberAgain(
  { name, connection }: ManagerRef,
  role: Role,
  managers: readonly ManagerRef[],
  waiting: Waiting,
): Promise<void> {
  const engine = connect(connection);
  await waitFor(
    {
      name: `it is an active ${role} again`,
      on: name,
      intervalMs: 250,
      timeoutMs: ACTIVE_TIMEOUT_MS,
      signal: waiting.signal,
      onPending: showPending(waiting, "coming back"),
      remedy:
        "More than half of the managers must run and be unlocked: npm run swarm -- status tells which do.",
    },
    async () => {
      const state = await engine.swarmState(waiting.signal);
      return state === `active/${role}` ? { done: undefined } : { pending: state };
    },
  );
  if (managers.length === 0) return;
  const { Swarm } = await info(engine, waiting.signal);
  await nodeReady({ name, nodeId: Swarm.NodeID, managers, connection }, role, waiting);
}
