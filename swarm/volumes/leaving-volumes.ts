import { connect } from "../../docker/connect";
import { EngineError } from "../../docker/errors";
import { listNodes, tasksEverOn } from "../../docker/nodes";
import type { Service } from "../../docker/api/service";
import type { Task } from "../../docker/api/task";
import { listServices } from "../../docker/services";
import type { Waiting } from "../../foundation/context";
import type { Connection, ManagerRef } from "../../schema/connection";
import { TransportError } from "../../transport/transport";
import { onManager } from "../managers";
import { isNameless, liesHere, volumeMounts, volumesOn } from "./node-volumes";

/** A member that is to leave for good. */
export interface LeavingNode {
  name: string;
  nodeId: string;
  /** How its machine is reached, where that is known: a preview is not told it of a node that the program has no more. */
  connection?: Connection;
}

/** A volume that lies on the machine of a node. */
export interface VolumeOfNode {
  node: string;
  volume: string;
  services: string[];
  /** Where its files stay when the machine goes. @default they go with it */
  disk?: string;
}

/**
 * The volumes of services on machines of nodes that leave. Where a machine can be asked, it says what lies there; else what is
 * known is which tasks the nodes have had, as far as the swarm remembers. Nothing lies on a machine that is lost.
 */
export async function volumesOfServices(
  leaving: readonly LeavingNode[],
  managers: readonly ManagerRef[],
  waiting: Waiting,
): Promise<VolumeOfNode[]> {
  const { signal } = waiting;
  const known = await onManager(managers, waiting, async (engine) => {
    const services = (await listServices(engine, signal)).filter((one) => volumeMounts(one).length > 0);
    if (services.length === 0) return undefined;
    const ids = leaving.map(({ nodeId }) => nodeId);
    const [nodes, tasks] = await Promise.all([listNodes(engine, signal), tasksEverOn(engine, ids, signal)]);
    return { services, nodes, tasks };
  });
  if (!known) return [];
  const { services, nodes, tasks } = known;
  const alive = leaving.filter(({ nodeId }) =>
    nodes.some(({ ID, Status }) => ID === nodeId && Status.State !== "down"),
  );
  const looks = await Promise.all(
    alive.map(async (node) => {
      const had = tasks.filter(({ NodeID }) => NodeID === node.nodeId);
      return (await lookAt(node, services, waiting)) ?? inferred(node, services, had);
    }),
  );
  return looks.flat();
}

/** Nothing where the machine cannot be asked. */
async function lookAt(
  { name: node, connection }: LeavingNode,
  services: readonly Service[],
  waiting: Waiting,
): Promise<VolumeOfNode[] | undefined> {
  if (!connection) return undefined;
  try {
    const found = await volumesOn(connect(connection, waiting), services, waiting.signal);
    return found
      .filter((volume) => volume.services.length > 0 && liesHere(volume) && !isNameless(volume))
      .map(({ name: volume, services: its, disk }) => ({ node, volume, services: its, disk }));
  } catch (error) {
    if (error instanceof TransportError) return error.failure === "gone" ? [] : undefined;
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}

/** What tasks were given there. A task that never got a container was given nothing. */
function inferred(
  { name: node }: LeavingNode,
  services: readonly Service[],
  tasks: readonly Task[],
): VolumeOfNode[] {
  const were = services.filter(({ ID }) =>
    tasks.some(({ ServiceID, Status }) => ServiceID === ID && Status.ContainerStatus?.ContainerID),
  );
  const names = new Set(were.flatMap(localMounts));
  return [...names].sort().map((volume) => ({
    ...{ node, volume },
    services: were.filter((service) => localMounts(service).includes(volume)).map(({ Spec }) => Spec.Name),
  }));
}

function localMounts(service: Service): string[] {
  return volumeMounts(service)
    .filter(({ VolumeOptions }) => {
      const { Name = "local", Options } = VolumeOptions?.DriverConfig ?? {};
      return liesHere({ driver: Name || "local", options: Options ?? {} });
    })
    .map(({ Source }) => Source);
}
