import { nameOfConnection, type ManagerRef } from "../schema/connection";
import { TransportError } from "../transport/transport";
import { connect } from "../docker/connect";
import type { EngineClient } from "../docker/engine-client";
import { isEngineError } from "../docker/errors";
import { othersOf } from "./known-managers";
import { showPending, type Waiting } from "../foundation/context";
import { waitFor, WaitTimeout, type Look } from "../foundation/wait";
import { SWARM_COMMAND } from "../foundation/command-lines";
import { slot } from "../foundation/session";

/** An election takes a few seconds; without a leader for this long, too few managers are up. */
const LEADER_TIMEOUT_MS = 35_000;

/** The managers that answered last are asked first. */
const lastGood = slot(() => new Set<string>());

/** No manager could carry out an operation: names each one with its last answer. */
export class NoManager extends Error {
  constructor(readonly answers: ReadonlyMap<ManagerRef, Error>) {
    const rows = [...answers].map(([{ name }, error]) => `  - ${name}: ${error.message}`).join("\n");
    const all = [...answers.values()];
    const waiting = all.filter(lacksLeader).length;
    const lost =
      waiting > 0
        ? `Quorum is lost: ${waiting} of ${all.length} managers answer, and they have no leader. `
        : "";
    super(
      `None of the ${all.length} managers could answer for the swarm:\n${rows}\n${lost}` +
        "Bring back managers until more than half of them run, then run the same command again. Nothing was forced. " +
        `If they cannot come back: ${SWARM_COMMAND} recover`,
    );
    this.name = "NoManager";
  }
}

/**
 * Runs a cluster-wide operation on any manager that answers and has a leader: one of those given, else another one
 * that is known of their swarm. An election is waited for; an answer that says something about the operation itself
 * (a name in use, a guard) is the operation's result and is thrown.
 */
export async function onManager<T>(
  managers: readonly ManagerRef[],
  waiting: Waiting,
  operation: (engine: EngineClient, manager: ManagerRef) => Promise<T>,
): Promise<T> {
  const candidates = [...managers, ...othersOf(managers, waiting)];
  const answers = new Map<ManagerRef, Error>();
  const answered = waiting.session.get(lastGood);
  const isGood = ({ connection }: ManagerRef) => answered.has(nameOfConnection(connection));
  const attempt = async (): Promise<Look<T>> => {
    const good = candidates.filter(isGood);
    const unproven = candidates.filter((manager) => !isGood(manager));
    for (const ask of [() => Promise.resolve(good), () => answering(unproven, answers, waiting)]) {
      for (const manager of await ask()) {
        const key = nameOfConnection(manager.connection);
        try {
          const result = await operation(connect(manager.connection, waiting), manager);
          answered.add(key);
          return { done: result };
        } catch (error) {
          if (!saysNothingOfTheOperation(error)) throw error;
          answered.delete(key);
          answers.set(manager, error);
        }
      }
    }
    if ([...answers.values()].every(isFinal)) throw new NoManager(answers);
    return { pending: [...answers.values()].map(({ message }) => message).join("; ") };
  };
  try {
    return await waitFor(
      {
        name: "a manager answers and the swarm has a leader",
        on: managers.map(({ name }) => name).join(", "),
        intervalMs: 500,
        timeoutMs: LEADER_TIMEOUT_MS,
        signal: waiting.signal,
        onPending: showPending(waiting, "waiting for a leader"),
      },
      attempt,
    );
  } catch (error) {
    if (answers.size === candidates.length && error instanceof WaitTimeout) throw new NoManager(answers);
    throw error;
  }
}

/** Those that answer a first word in time, all asked at once: one that hangs must not cost the time of the others. */
async function answering(
  managers: ManagerRef[],
  answers: Map<ManagerRef, Error>,
  waiting: Waiting,
): Promise<ManagerRef[]> {
  const there = await Promise.all(
    managers.map(async (manager) => {
      try {
        const engine = connect(manager.connection, waiting);
        // One that says nothing by then hangs, or its machine does: the others are asked.
        await engine.swarmState(waiting.signal, engine.transport.traits.firstWordMs);
        return true;
      } catch (error) {
        if (!saysNothingOfTheOperation(error)) throw error;
        answers.set(manager, error);
        return false;
      }
    }),
  );
  return managers.filter((_, index) => there[index]);
}

/** Whether an operation failed because the whole swarm is gone with its machines: nothing is left to undo there. */
export function isSwarmGone(error: unknown): boolean {
  if (!(error instanceof NoManager)) return false;
  return [...error.answers.values()].every(
    (answer) =>
      isEngineError(answer, "not-in-swarm", "not-a-manager") ||
      (answer instanceof TransportError && answer.failure === "gone"),
  );
}

/**
 * Whether all managers that still exist are stopped, or wait for the unlock key: the swarm is there, on their disks, and
 * nothing can be known of it before they run.
 */
export function isSwarmAsleep(error: unknown): boolean {
  if (!(error instanceof NoManager)) return false;
  const asleep = (answer: Error) =>
    isEngineError(answer, "locked") || (answer instanceof TransportError && answer.failure === "stopped");
  const answers = [...error.answers.values()];
  const gone = (answer: Error) => answer instanceof TransportError && answer.failure === "gone";
  return answers.some(asleep) && answers.every((answer) => asleep(answer) || gone(answer));
}

/** The manager is the wrong one to ask, or has no leader: another one may do. */
function saysNothingOfTheOperation(error: unknown): error is Error {
  return (
    error instanceof TransportError ||
    isEngineError(error, "no-leader", "peer-unreachable", "not-in-swarm", "not-a-manager", "locked")
  );
}

/** Waiting will not change this answer. */
function isFinal(error: Error): boolean {
  if (error instanceof TransportError)
    return ["gone", "stopped", "refused", "changed"].includes(error.failure);
  return !lacksLeader(error);
}

/** It has none, or cannot reach the one it knows: an election gives it another. */
function lacksLeader(error: Error): boolean {
  return isEngineError(error, "no-leader", "peer-unreachable");
}
