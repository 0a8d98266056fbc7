import { nameOfConnection, type Connection } from "../schema/connection";
import { TransportError } from "../transport/transport";
import { connect } from "./connect";
import { waitFor } from "../foundation/wait";
import { showPending, type Waiting } from "../foundation/context";

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
        await engine.swarmState(waiting.signal);
        return { done: undefined };
      } catch (error) {
        if (error instanceof TransportError && error.failure === "unreachable")
          return { pending: error.message };
        throw error;
      }
    },
  );
}
