import type { Connection } from "../contract/connection";
import { connect } from "./connect";

/** What each machine's engine says of itself and its swarm, all asked at once; "unreachable" where none answers. */
export function swarmStates(
  machines: readonly { connection: Connection }[],
  signal: AbortSignal,
): Promise<string[]> {
  return Promise.all(
    machines.map(({ connection }) =>
      connect(connection)
        .swarmState(signal)
        .catch(() => "unreachable"),
    ),
  );
}
