import type { ManagerRef } from "../schema/connection";
import type { Waiting } from "../foundation/context";
import { closeConnections, connect } from "../docker/connect";
import { managersAgain } from "../swarm/membership/member-again";
import { stillLocked } from "../swarm/keys/unlock-swarm";
import { clusterMadeHere } from "./recorded-cluster";
import type { Target } from "./stack-state";
import { table } from "../validation/table";
import { askedKey, keyOfSwarm, keysOfState } from "./unlock-keys";
import { SWARM_COMMAND } from "../foundation/command-lines";
import { Session } from "../foundation/session";

interface Row {
  manager: ManagerRef;
  /** Its swarm state by its own word, or why it could not be asked. */
  was: string;
  is: string;
}

/**
 * Unlocks every manager that autolock has locked at its restart, and waits until each is
 * Reachable again. The key comes from a manager that runs, else from the Pulumi state, else from stdin.
 */
export async function runUnlock(target: Target): Promise<void> {
  const swarm = await clusterMadeHere(target);
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort());
  const waiting = {
    signal: interrupted.signal,
    session: new Session(),
    progress: (text: string) => console.error(text),
  };
  try {
    const rows = await Promise.all(swarm.managers.map((manager) => look(manager, waiting)));
    const locked = rows.filter(({ was }) => was === "locked");
    if (locked.length > 0) {
      const running = rows.filter(({ was }) => was === "active/manager").map(({ manager }) => manager);
      const known = await knownKeys(target, swarm.clusterId, running, waiting);
      await unlockAll(locked, swarm.managers, known, waiting);
    }
    console.log(render(rows));
    if (locked.length === 0) console.log("\nNo manager is locked: nothing to unlock.");
    const still = rows.filter(({ is }) => is === "locked").map(({ manager }) => manager.name);
    if (still.length > 0) throw new Error(noKeyFits(still));
  } finally {
    closeConnections(waiting);
  }
}

async function look(manager: ManagerRef, waiting: Waiting): Promise<Row> {
  try {
    const was = await connect(manager.connection, waiting).swarmState(waiting.signal);
    return { manager, was, is: was };
  } catch (error) {
    if (waiting.signal.aborted) throw error;
    return { manager, was: "does not answer", is: (error as Error).message };
  }
}

/** The swarm's own key first. A state that cannot be read is said, and the other ways are still tried. */
async function knownKeys(
  target: Target,
  clusterId: string,
  running: readonly ManagerRef[],
  waiting: Waiting,
): Promise<string[]> {
  const [live, state] = await Promise.all([
    keyOfSwarm(running, waiting),
    keysOfState(target, clusterId).catch((error: Error) => {
      waiting.progress(error.message);
      return [];
    }),
  ]);
  return [...new Set([...(live ? [live] : []), ...state])];
}

/** Unlocks with what is known, and else with what is asked for. Waits until those that are unlocked are back. */
async function unlockAll(
  rows: readonly Row[],
  managers: readonly ManagerRef[],
  known: readonly string[],
  waiting: Waiting,
): Promise<void> {
  const locked = rows.map(({ manager }) => manager);
  let left = await stillLocked(locked, known, waiting);
  if (left.length > 0) {
    waiting.progress(`None of the ${known.length} known keys fits ${namesOf(left)}; it is read from stdin.`);
    const key = await askedKey();
    if (key) left = await stillLocked(left, [key], waiting);
  }
  const unlocked = rows.filter(({ manager }) => !left.includes(manager));
  await managersAgain(
    unlocked.map(({ manager }) => manager),
    managers,
    waiting,
  );
  for (const row of unlocked) row.is = "active/manager, reachable";
}

function render(rows: readonly Row[]): string {
  return table(
    ["MANAGER", "WAS", "IS"],
    rows.map(({ manager, was, is }) => [manager.name, was, is]),
  );
}

function namesOf(managers: readonly ManagerRef[]): string {
  return managers.map(({ name }) => name).join(", ");
}

function noKeyFits(names: readonly string[]): string {
  return (
    `Still locked: ${names.join(", ")}. No key fits: neither the swarm's, nor those of the Pulumi state, nor one on stdin.\n` +
    `If you kept the key that was valid when they stopped, pipe it in: ${SWARM_COMMAND} unlock < FILE\n` +
    `If it is lost and the other managers have quorum: docker swarm leave --force on each, and what ${SWARM_COMMAND} doctor says then.`
  );
}
