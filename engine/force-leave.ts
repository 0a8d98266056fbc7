import type { ManagerRef } from "../contract/connection";
import { TransportError } from "../transport/transport";
import type { Waiting } from "./conditions";
import { connect } from "./connect";
import { isEngineError } from "./errors";

/** A manager that leaves without quorum gives up on its raft group only after 20 s. */
const LEAVE_TIMEOUT_MS = 60_000;

/** Makes a machine forget its swarm and all it knows of it. Answers whether it could be told: a machine that is gone or away cannot. */
export async function forceLeave({ connection }: ManagerRef, waiting: Waiting): Promise<boolean> {
  try {
    await connect(connection).post("leave the swarm", "/swarm/leave", {
      query: { force: true },
      signal: waiting.signal,
      timeoutMs: LEAVE_TIMEOUT_MS,
    });
    return true;
  } catch (error) {
    if (isEngineError(error, "not-in-swarm")) return true;
    if (error instanceof TransportError) return false;
    throw error;
  }
}
