import type { ManagerRef } from "../../schema/connection";
import { TransportError } from "../../transport/transport";
import type { Waiting } from "../../foundation/context";
import { connect } from "../../docker/connect";
import { readManagerFiles, type ManagerFiles } from "./manager-files";
import { compareRaft } from "./raft-log";
import { info } from "../../docker/nodes";

/** One manager of a swarm that has lost its quorum. */
export interface Survivor {
  manager: ManagerRef;
  /** Its engine answers and is a manager, or why not: the engine's swarm state, or how the machine failed to answer. */
  answers: true | string;
  files?: ManagerFiles;
  /** Why its files cannot be read, where its engine answers all the same. */
  unread?: string;
}

/** A machine that is away must not hold up the look at the others. */
const LOOK_TIMEOUT_MS = 10_000;

export function lookAtManagers(managers: readonly ManagerRef[], waiting: Waiting): Promise<Survivor[]> {
  return Promise.all(managers.map((manager) => look(manager, waiting)));
}

async function look(manager: ManagerRef, waiting: Waiting): Promise<Survivor> {
  const timeout = AbortSignal.any([waiting.signal, AbortSignal.timeout(LOOK_TIMEOUT_MS)]);
  const answers = await info(connect(manager.connection, waiting), timeout).then(
    ({ Swarm }): true | string => (Swarm.ControlAvailable ? true : Swarm.LocalNodeState || "inactive"),
    (error: Error) => (error instanceof TransportError ? error.failure : error.message),
  );
  try {
    return { manager, answers, files: await readManagerFiles(manager, waiting) };
  } catch (error) {
    return { manager, answers, unread: answers === true ? (error as Error).message : undefined };
  }
}

/** The manager that answers and knows most. */
export function bestSurvivor(
  survivors: readonly Survivor[],
): (Survivor & { files: ManagerFiles }) | undefined {
  return survivors
    .filter((survivor): survivor is Survivor & { files: ManagerFiles } => survivor.files !== undefined)
    .filter(({ answers }) => answers === true)
    .sort((a, b) => compareRaft(b.files.raft, a.files.raft))[0];
}
