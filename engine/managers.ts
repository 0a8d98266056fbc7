import type { ManagerRef } from "../contract/connection";
import { TransportError } from "../transport/transport";
import { connect } from "./connect";
import type { EngineClient } from "./engine-client";
import { isEngineError } from "./errors";
import { showPending, type Waiting } from "./conditions";
import { waitFor, WaitTimeout, type Look } from "./wait";

/** An election takes a few seconds; without a leader for this long, too few managers are up. */
const LEADER_TIMEOUT_MS = 40_000;

/** The manager that answered last is asked first. */
const lastGood = new Set<string>();

/** No manager could carry out an operation: names each one with its last answer. */
export class NoManager extends Error {
  constructor(readonly answers: ReadonlyMap<string, Error>) {
    const rows = [...answers].map(([name, error]) => `  - ${name}: ${error.message}`).join("\n");
    super(
      `None of the ${answers.size} managers could answer for the swarm:\n${rows}\n` +
        "Bring back managers until more than half of them run, then run the same command again. Nothing was forced.",
    );
    this.name = "NoManager";
  }
}

/**
 * Runs a cluster-wide operation on any manager that answers and has a leader. An election is waited for; an answer
 * that says something about the operation itself (a name in use, a guard) is the operation's result and is thrown.
 */
export async function onManager<T>(
  managers: readonly ManagerRef[],
  waiting: Waiting,
  operation: (engine: EngineClient, manager: ManagerRef) => Promise<T>,
): Promise<T> {
  const answers = new Map<string, Error>();
  const attempt = async (): Promise<Look<T>> => {
    for (const manager of byLastGood(managers)) {
      try {
        const result = await operation(connect(manager.connection), manager);
        lastGood.add(manager.name);
        return { done: result };
      } catch (error) {
        if (!saysNothingOfTheOperation(error)) throw error;
        lastGood.delete(manager.name);
        answers.set(manager.name, error);
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
    if (answers.size === managers.length && error instanceof WaitTimeout) throw new NoManager(answers);
    throw error;
  }
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

function byLastGood(managers: readonly ManagerRef[]): ManagerRef[] {
  const rank = ({ name }: ManagerRef) => (lastGood.has(name) ? 0 : 1);
  return [...managers].sort((a, b) => rank(a) - rank(b));
}

/** The manager is the wrong one to ask, or has no leader: another one may do. */
function saysNothingOfTheOperation(error: unknown): error is Error {
  return (
    error instanceof TransportError ||
    isEngineError(error, "no-leader", "not-in-swarm", "not-a-manager", "locked")
  );
}

/** Waiting will not change this answer. */
function isFinal(error: Error): boolean {
  if (error instanceof TransportError) return error.failure === "gone" || error.failure === "refused";
  return !isEngineError(error, "no-leader");
}
