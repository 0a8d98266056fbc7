import type { EngineReport, PreflightHost } from "../schema/preflight";
import type { Transport } from "../transport/transport";
import { connect } from "../docker/connect";
import { info } from "../docker/nodes";
import type { EngineInfo } from "../docker/api/info";
import type { InRun } from "../foundation/session";

/** An engine that says nothing for so long is reported; the others are not kept waiting. */
const ANSWERS_WITHIN_MS = 10_000;

/** A host with its connection opened and its engine asked. */
export interface AskedMachine extends PreflightHost {
  transport: Transport;
  engine: EngineReport;
  /** All that its engine said. */
  info?: EngineInfo;
}

/** Asks the engines of all hosts at once. One that does not answer is a fact as well, never an exception. */
export function askMachines(hosts: readonly PreflightHost[], run: InRun): Promise<AskedMachine[]> {
  const { signal } = run;
  return Promise.all(
    hosts.map(async (host) => {
      const engine = connect(host.connection, run);
      const timeout = AbortSignal.timeout(ANSWERS_WITHIN_MS);
      try {
        const answer = await info(engine, AbortSignal.any([signal, timeout]));
        return { ...host, transport: engine.transport, engine: reportOf(answer), info: answer };
      } catch (error) {
        signal.throwIfAborted();
        const failure = timeout.aborted
          ? `${host.name}: no answer within ${ANSWERS_WITHIN_MS / 1000} s`
          : (error as Error).message;
        return { ...host, transport: engine.transport, engine: { failure } };
      }
    }),
  );
}

function reportOf({ ID, ServerVersion, Swarm }: EngineInfo): EngineReport {
  const state = Swarm.LocalNodeState;
  const inSwarm = !["", "inactive"].includes(state);
  return { id: ID, version: ServerVersion, inSwarm, asleep: inSwarm && state !== "active" };
}
