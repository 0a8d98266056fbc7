import { keyOfConnection, type ManagerRef, type Connection } from "../../schema/connection";
import { showPending, type Waiting } from "../../foundation/context";
import { whileStopped } from "./engine-stop";
import { gossipPort, isEngines, portTaken, type GossipPort } from "./gossip-port";
import { waitFor, WaitTimeout } from "../../foundation/wait";
import { slot, type InSession } from "../../foundation/session";

/** A goodbye takes up to 5 s for the swarm's own word of it and 1 s for that of its gossip (moby, networkdb), on an idle machine. */
const GOODBYE_MS = 10_000;

/** Engines that began in this run, and have not been in a swarm since. */
const fresh = slot(() => new Set<string>());

/** Notes a machine that was made in this run: its first swarm needs no look at it, which costs a command on each node. */
export function noteFreshEngine(connection: Connection, { session }: InSession): void {
  session.get(fresh).add(keyOfConnection(connection));
}

/**
 * Before a machine that is in no swarm joins or initialises one: its engine keeps nothing of a former swarm.
 *
 * An engine before 29.0 whose goodbye nobody hears within a second ("timeout waiting for leave broadcast") keeps its gossip
 * and its port, 7946, for as long as it runs (mended by moby's commit 16ed51d864). The gossip of its next swarm cannot begin
 * then: it is Ready, and takes no part in overlay networks. Peers that leave at the same moment are enough, or a busy machine.
 *
 * So an engine that listens though it is in no swarm is restarted.
 * @throws Error where another process has the port: nothing is restarted for that.
 */
export async function withoutFormerGossip(machine: ManagerRef, waiting: Waiting): Promise<void> {
  const { name, connection } = machine;
  if (waiting.session.get(fresh).delete(keyOfConnection(connection))) return;
  const port = await leftOpen(machine, waiting);
  if (port.ports.length === 0) return;
  if (!isEngines(port)) throw portTaken(name, port);
  const why = "restarting its engine, which keeps port 7946 for the gossip of a swarm that it left";
  waiting.progress(why);
  const explained = { ...waiting, progress: (text: string) => waiting.progress(`${why}: ${text}`) };
  await whileStopped(machine, "", explained, () => Promise.resolve());
  const after = await gossipPort(connection, waiting);
  if (after.ports.length > 0) throw portTaken(name, after);
}

/** Who goes on listening for longer than a goodbye lasts. */
async function leftOpen({ name, connection }: ManagerRef, waiting: Waiting): Promise<GossipPort> {
  let port: GossipPort = { ports: [], processes: [] };
  try {
    await waitFor<void>(
      {
        name: "nothing listens on the port of the gossip",
        on: name,
        intervalMs: 500,
        timeoutMs: GOODBYE_MS,
        signal: waiting.signal,
        onPending: showPending(waiting, "waiting"),
      },
      async () => {
        port = await gossipPort(connection, waiting);
        if (port.ports.length === 0) return { done: undefined };
        return { pending: `it listens on ${port.ports.join(" and ")}` };
      },
    );
  } catch (error) {
    if (!(error instanceof WaitTimeout)) throw error;
  }
  return port;
}
