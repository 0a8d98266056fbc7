import type { Connection } from "../schema/connection";
import { connect } from "../docker/connect";
import type { InRun } from "../foundation/session";

/** What each machine's engine says of itself and its swarm, all asked at once; "unreachable" where none answers. */
export function swarmStates(machines: readonly { connection: Connection }[], run: InRun): Promise<string[]> {
  return Promise.all(
    machines.map(({ connection }) =>
      connect(connection, run)
        .swarmState(run.signal)
        .catch(() => "unreachable"),
    ),
  );
}
