import type { Connection } from "../../schema/connection";
import type { Waiting } from "../../foundation/context";
import { connect } from "../../docker/connect";
import { isEngineError } from "../../docker/errors";
import { info } from "../../docker/nodes";
import { leaveSwarm } from "../../docker/swarm";
import type { EngineInfo } from "../../docker/api/info";
import { slot } from "../../foundation/session";

/** A manager that leaves without quorum gives up on its raft group only after 20 s. */
const LEAVE_TIMEOUT_MS = 60_000;

/** The last one in the line. */
const line = slot(() => ({ last: Promise.resolve() }));

/**
 * Makes a machine forget its swarm and all it knows of it. One machine after the other: an engine says goodbye by gossip,
 * and one whose peers go at the same moment gives up ("timeout waiting for leave broadcast") and keeps its gossip port.
 * In its next swarm it then takes no part in overlay networks. Seen with Engine 26.1.
 */
export function forceLeave(connection: Connection, waiting: Waiting): Promise<void> {
  const turns = waiting.session.get(line);
  const turn = turns.last.then(() => leave(connection, waiting));
  turns.last = turn.catch(() => undefined);
  return turn;
}

/**
 * The same only where the machine itself says that it is the member that is meant. It is asked before its turn: one that
 * does not answer holds up nobody.
 */
export async function forceLeaveIf(
  isMeant: (swarm: EngineInfo["Swarm"]) => boolean,
  connection: Connection,
  waiting: Waiting,
): Promise<void> {
  const { Swarm } = await info(connect(connection, waiting), waiting.signal);
  if (isMeant(Swarm)) await forceLeave(connection, waiting);
}

async function leave(connection: Connection, waiting: Waiting): Promise<void> {
  try {
    const engine = connect(connection, waiting);
    await leaveSwarm(engine, { signal: waiting.signal, timeoutMs: LEAVE_TIMEOUT_MS });
  } catch (error) {
    if (!isEngineError(error, "not-in-swarm")) throw error;
  }
}
