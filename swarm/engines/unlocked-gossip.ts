import type { ManagerRef } from "../../schema/connection";
import { showPending, type Waiting } from "../../foundation/context";
import { whileStopped } from "./engine-stop";
import { gossipPort, isEngines, portTaken } from "./gossip-port";
import { onManager } from "../managers";
import { unlockKey } from "../../docker/swarm";
import { waitFor, WaitTimeout } from "../../foundation/wait";
import { slot } from "../../foundation/session";

/** It begins with the first word of its dispatcher, about when the managers call the node Ready. */
const BEGINS_MS = 15_000;
/** Each is a chance of its own: the engine is unlocked after it, too. */
const MOST_RESTARTS = 3;

/** The last one in the line. */
const line = slot(() => ({ last: Promise.resolve() }));

/**
 * A manager that was unlocked and is Ready takes part in the gossip of its swarm.
 *
 * An unlock ends the engine's swarm node and begins another one. The event that ends the gossip of the first may be heard only
 * after the second has asked for its own: then nothing is begun for it, as something seems to be there, and what is there ends
 * (moby, libnetwork, SetClusterProvider and clusterAgentInit). Such a manager is Ready and Reachable, nothing listens on its
 * port 7946, and its tasks are found by nobody for as long as its engine runs. Seen on Engine 26.1 on a busy machine.
 *
 * So it is restarted and unlocked again: one manager at a time, the next one when this one is back.
 * @param again - waits until a manager that was restarted is back.
 */
export async function gossipAgain(
  manager: ManagerRef,
  managers: readonly ManagerRef[],
  again: () => Promise<unknown>,
  waiting: Waiting,
): Promise<void> {
  const turns = waiting.session.get(line);
  for (let restarts = 0; !(await gossips(manager, waiting)); restarts++) {
    if (restarts === MOST_RESTARTS) throw silent(manager);
    const turn = turns.last.then(() => restarted(manager, managers, again, waiting));
    turns.last = turn.catch(() => undefined);
    await turn;
  }
}

async function restarted(
  manager: ManagerRef,
  managers: readonly ManagerRef[],
  again: () => Promise<unknown>,
  waiting: Waiting,
): Promise<void> {
  // While it waited for its turn, it may have begun.
  if (await listens(manager, waiting)) return;
  const why = "restarting its engine, which takes no part in the gossip of the swarm since it was unlocked";
  waiting.progress(why);
  const explained = { ...waiting, progress: (text: string) => waiting.progress(`${why}: ${text}`) };
  const key = await onManager(managers, waiting, (engine) => unlockKey(engine, waiting.signal));
  await whileStopped(manager, key, explained, () => Promise.resolve());
  await again();
}

/** Whether it listens, or begins to. */
async function gossips(manager: ManagerRef, waiting: Waiting): Promise<boolean> {
  try {
    await waitFor<void>(
      {
        name: "its engine takes part in the gossip of the swarm",
        on: manager.name,
        intervalMs: 500,
        timeoutMs: BEGINS_MS,
        signal: waiting.signal,
        onPending: showPending(waiting, "waiting for its gossip"),
      },
      async () =>
        (await listens(manager, waiting))
          ? { done: undefined }
          : { pending: "nothing listens on its port 7946" },
    );
    return true;
  } catch (error) {
    if (!(error instanceof WaitTimeout)) throw error;
    return false;
  }
}

async function listens({ name, connection }: ManagerRef, waiting: Waiting): Promise<boolean> {
  const port = await gossipPort(connection, waiting);
  if (port.ports.length > 0 && !isEngines(port)) throw portTaken(name, port);
  return port.ports.length > 0;
}

function silent({ name }: ManagerRef): Error {
  return new Error(
    `${name}: it is a manager again, and its engine takes no part in the gossip of the swarm (nothing listens on its port 7946) ` +
      `after ${MOST_RESTARTS} restarts, so its tasks have no overlay networks. Look at the engine's log on that machine.`,
  );
}
