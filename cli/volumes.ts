import { SWARM_COMMAND } from "../foundation/command-lines";
import type { Waiting } from "../foundation/context";
import { Session } from "../foundation/session";
import type { RecordedCluster, RecordedNode } from "../schema/cluster-record";
import { closeConnections, connect } from "../docker/connect";
import type { Service } from "../docker/api/service";
import { listServices } from "../docker/services";
import { volumeSizes } from "../docker/volumes";
import { onManager } from "../swarm/managers";
import { volumesOn } from "../swarm/volumes/node-volumes";
import { clusterMadeHere } from "./recorded-cluster";
import type { Target } from "./stack-state";
import { renderVolumes, type VolumeRow } from "./volumes-view";

export interface VolumesOptions extends Target {
  /** Print them as JSON. @default false */
  json?: boolean;
}

/**
 * Prints which volumes lie on which node of a stack's cluster. Answers the exit code: 1 where a node was not looked at.
 */
export async function showVolumes({ json = false, ...target }: VolumesOptions): Promise<number> {
  const cluster = await clusterMadeHere(target);
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort());
  const waiting: Waiting = {
    signal: interrupted.signal,
    session: new Session(),
    progress: (text) => console.error(text),
  };
  try {
    const looks = await lookAtVolumes(cluster, waiting);
    const rows = looks.flatMap((look) => look ?? []);
    console.log(
      json ? JSON.stringify({ cluster: cluster.cluster, volumes: rows }, null, 2) : renderVolumes(rows),
    );
    return looks.includes(undefined) ? 1 : 0;
  } finally {
    closeConnections(waiting);
  }
}

/** The volumes of each node; nothing for one that could not be asked, which is told. */
export async function lookAtVolumes(
  cluster: RecordedCluster,
  waiting: Waiting,
): Promise<(VolumeRow[] | undefined)[]> {
  const services = await servicesOf(cluster, waiting);
  return Promise.all(cluster.nodes.map((node) => lookAt(node, services, waiting)));
}

/** Without them only the containers of a node tell whose a volume is. */
async function servicesOf({ managers }: RecordedCluster, waiting: Waiting): Promise<Service[]> {
  try {
    return await onManager(managers, waiting, (engine) => listServices(engine, waiting.signal));
  } catch (error) {
    waiting.progress(`the services are not known: ${(error as Error).message}`);
    return [];
  }
}

async function lookAt(
  { name, connection }: RecordedNode,
  services: readonly Service[],
  waiting: Waiting,
): Promise<VolumeRow[] | undefined> {
  const { signal } = waiting;
  try {
    const engine = connect(connection, waiting);
    const [volumes, sizes] = await Promise.all([
      volumesOn(engine, services, signal),
      volumeSizes(engine, signal),
    ]);
    return volumes.map(({ name: volume, driver, services: its, stack, running, disk }) => ({
      ...{ node: name, volume, driver, services: its, stack, running, disk },
      bytes: sizes.get(volume),
    }));
  } catch (error) {
    waiting.progress(`${name} was not looked at: ${(error as Error).message} Why: ${SWARM_COMMAND} doctor`);
    return undefined;
  }
}
