import type { NetworkInspect } from "../../docker/api/network";
import type { EngineClient } from "../../docker/engine-client";
import { overlayNetworks } from "../../docker/networks";
import { nodeName } from "../nodes/node-name";
import type { Service } from "../../docker/api/service";
import { allServices } from "../../docker/services";
import { listNodes } from "../../docker/nodes";
import type { SwarmNodeInspect } from "../../docker/api/node";
import type { Task } from "../../docker/api/task";
import { isLive, listTasks } from "../../docker/tasks";
import type { NetworkRecord, Records, ServiceRecord, TaskRecord } from "./network-facts";

/** What the driver takes where its option says nothing. Source: moby, libnetwork/drivers/overlay (maxMTU). */
const DEFAULT_PATH_MTU = 1500;
const MTU_OPTION = "com.docker.network.driver.mtu";

/** Asks a manager for everything that the nodes' tables follow from. */
export async function readRecords(engine: EngineClient, signal: AbortSignal): Promise<Records> {
  const [nodes, services, tasks, networks] = await Promise.all([
    listNodes(engine, signal),
    allServices(engine, signal),
    listTasks(engine, {}, signal),
    overlayNetworks(engine, signal),
  ]);
  return recordsOf(nodes, services, tasks, networks);
}

export function recordsOf(
  nodes: readonly SwarmNodeInspect[],
  services: readonly Service[],
  tasks: readonly Task[],
  networks: readonly NetworkInspect[],
): Records {
  const names = new Map(services.map(({ ID, Spec }) => [ID, Spec.Name]));
  return {
    networks: networks.map(networkRecord),
    services: services.map(serviceRecord),
    tasks: tasks.filter(isLive).map((task) => taskRecord(task, names)),
    nodes: nodes
      .filter(({ Status }) => Status.State === "ready")
      .map((node) => ({ id: node.ID, name: nodeName(node), address: node.Status.Addr ?? "" })),
  };
}

/** Any value switches encryption on, "false" as well. Source: moby, libnetwork/drivers/overlay/ov_network.go (secureOption). */
export function isEncrypted({ Options }: Pick<NetworkInspect, "Options">): boolean {
  return Options?.encrypted !== undefined;
}

function networkRecord(network: NetworkInspect): NetworkRecord {
  return {
    id: network.Id,
    name: network.Name,
    isIngress: network.Ingress,
    isEncrypted: isEncrypted(network),
    subnets: (network.IPAM.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []),
    pathMtu: Number(network.Options?.[MTU_OPTION]) || DEFAULT_PATH_MTU,
  };
}

function serviceRecord({ ID, Spec, Endpoint }: Service): ServiceRecord {
  const vips = (Endpoint?.VirtualIPs ?? []).flatMap(({ NetworkID, Addr }) =>
    Addr ? [[NetworkID, withoutPrefix(Addr)]] : [],
  );
  return { id: ID, name: Spec.Name, vips: Object.fromEntries(vips) as Record<string, string> };
}

function taskRecord(task: Task, names: ReadonlyMap<string, string>): TaskRecord {
  const { ID, ServiceID = "", NodeID = "", Slot, Status, DesiredState, NetworksAttachments } = task;
  const addresses = (NetworksAttachments ?? []).flatMap(({ Network, Addresses }) =>
    Addresses?.[0] ? [[Network.ID, withoutPrefix(Addresses[0])]] : [],
  );
  return {
    id: ID,
    name: `${names.get(ServiceID) ?? ServiceID}.${Slot ?? NodeID}`,
    serviceId: ServiceID,
    nodeId: NodeID,
    addresses: Object.fromEntries(addresses) as Record<string, string>,
    isServing: Status.State === "running" && DesiredState === "running",
    pid: Status.State === "running" ? Status.ContainerStatus?.PID : undefined,
  };
}

export function withoutPrefix(address: string): string {
  return address.split("/")[0];
}
