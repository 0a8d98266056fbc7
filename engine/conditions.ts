import { nameOfConnection, type Connection } from "../contract/connection";
import { TransportError } from "../transport/transport";
import { connect } from "./connect";
import { waitFor } from "../foundation/wait";
import type { InSession } from "../foundation/session";

/** What every named condition is given by the operation that waits. */
export interface Waiting extends InSession {
  signal: AbortSignal;
  progress(text: string): void;
  timeoutMs?: number;
}

/** Waits shorter than this are not worth a line of progress. */
const QUIET_MS = 2_000;

/** Shows why a wait goes on once it has lasted long enough to notice. */
export function showPending(waiting: Waiting, what: string) {
  return (reason: string, elapsedMs: number) => {
    if (elapsedMs >= QUIET_MS) waiting.progress(`${what}: ${reason} (${Math.round(elapsedMs / 1000)} s)`);
  };
}

/** The Docker Engine of a machine answers. Default deadline 120 s: fifty engines may start at once on two cores. */
export function engineAnswers(connection: Connection, waiting: Waiting): Promise<void> {
  const engine = connect(connection, waiting);
  return waitFor(
    {
      name: "its Docker Engine answers",
      on: nameOfConnection(connection),
      intervalMs: 200,
      timeoutMs: waiting.timeoutMs ?? 120_000,
      signal: waiting.signal,
      onPending: showPending(waiting, "waiting for the engine"),
      remedy: `Look at its log${engine.transport.traits.engineLog}`,
    },
    async () => {
      try {
        await engine.get("ask whether it is up", "/_ping", { signal: waiting.signal });
        return { done: undefined };
      } catch (error) {
        if (error instanceof TransportError && error.failure === "unreachable")
          return { pending: error.message };
        throw error;
      }
    },
  );
}
