import path from "node:path";
import type { Duplex } from "node:stream";
import type { RecordedCluster } from "../schema/cluster-record";
import { closeConnections } from "../docker/connect";
import { NoManager, onManager } from "../swarm/managers";
import { inspectSwarm } from "../docker/swarm";
import { clusterSockets } from "../foundation/cluster-sockets";
import { listenOn } from "./engine-socket";
import { pointedAt, type ShellOptions } from "./env";
import { recordedCluster } from "./recorded-cluster";
import { makeRoom, removeFolders } from "./socket-place";
import type { Target } from "./stack-state";
import { cancellable } from "./steps";
import { Session, type InRun } from "../foundation/session";

export interface ProxyOptions extends ShellOptions {
  /** Path of the socket. @default one below ~/.pulumi-swarm, which `cluster.dockerHost` names where nothing else can be had */
  socket?: string;
}

/**
 * Makes a socket on this machine that carries each connection to a manager that answers, through the transport of the
 * nodes. Ends with its process.
 */
export async function runProxy({ socket, shell, ...target }: ProxyOptions & Target): Promise<void> {
  await cancellable(async (signal) => {
    const run = { signal, session: new Session() };
    try {
      const managers = new Managers(await recordedCluster(target), target, run);
      const place = path.resolve(socket ?? managers.defaultSocket);
      await makeRoom(place, socket === undefined);
      // Whoever reads the lines finds a manager behind them.
      (await managers.dial()).destroy();
      const listening = await listenOn(place, () => managers.dial());
      console.log(pointedAt(`unix://${place}`, socket === undefined, shell));
      console.error(`Connections to ${place} go to a manager of ${managers.cluster}. Ctrl-C ends it.`);
      await aborted(signal);
      await listening.close();
      if (socket === undefined) removeFolders(place);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      closeConnections(run);
    }
  });
}

/** The managers of a cluster, as its last update left them. */
class Managers {
  constructor(
    private recorded: RecordedCluster,
    private readonly target: Target,
    private readonly run: InRun,
  ) {}

  get cluster(): string {
    return this.recorded.cluster;
  }

  get defaultSocket(): string {
    return clusterSockets(this.recorded.owner.id).proxy;
  }

  /** A stream to one that answers for the swarm. */
  async dial(): Promise<Duplex> {
    try {
      return await this.dialOne();
    } catch (error) {
      if (!(error instanceof NoManager)) throw error;
      // All of them may have been replaced since.
      this.recorded = await recordedCluster(this.target);
      return this.dialOne();
    }
  }

  private dialOne(): Promise<Duplex> {
    const waiting = { ...this.run, progress: (text: string) => console.error(text) };
    return onManager(this.recorded.managers, waiting, async (engine) => {
      await inspectSwarm(engine, this.run.signal);
      return engine.transport.dialEngine();
    });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
