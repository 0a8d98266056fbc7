import { actualDrift, type Drift } from "./drift";
import { deploymentDrift } from "./deployment-drift";
import type { RecordedCluster } from "../schema/cluster-record";
import { NODE_LABEL } from "../schema/owner";
import { isJob } from "../swarm/rollout/service-standing";
import { onManager } from "../swarm/managers";
import { nodeName } from "../swarm/nodes/node-name";
import { quorumOf, type Quorum } from "../swarm/nodes/quorum";
import type { ServiceSpec, Service } from "../docker/api/service";
import { allServices, describePort } from "../docker/services";
import { listNodes } from "../docker/nodes";
import { listTasks } from "../docker/tasks";
import { inspectSwarm } from "../docker/swarm";
import type { SwarmNodeInspect } from "../docker/api/node";
import type { Task } from "../docker/api/task";
import type { InRun } from "../foundation/session";

export interface NodeRow {
  /** In the program. */
  name: string;
  hostname: string;
  id: string;
  role: string;
  /** For managers: leader, reachable, unreachable. */
  reachability: string;
  status: string;
  availability: string;
  address: string;
  labels: Record<string, string>;
  engine: string;
}

export interface ServiceRow {
  name: string;
  mode: string;
  running: number;
  desired: number;
  /** Tasks of a job that have ended well. @default it is no job */
  completed?: number;
  image: string;
  ports: string[];
  /** Where its published ports answer: any node for the ingress mesh, the nodes of its tasks in host mode. */
  addresses: string[];
}

/** The live state of a cluster, read from its managers. */
export interface ClusterState {
  cluster: string;
  clusterId: string;
  createdAt: string;
  quorum: Quorum;
  nodes: NodeRow[];
  services: ServiceRow[];
  drift: Drift[];
}

export async function readClusterState(wanted: RecordedCluster, run: InRun): Promise<ClusterState> {
  const { signal } = run;
  const waiting = { ...run, progress: (text: string) => console.error(text) };
  return onManager(wanted.managers, waiting, async (engine) => {
    const [swarm, nodes, services, tasks] = await Promise.all([
      inspectSwarm(engine, signal),
      listNodes(engine, signal),
      allServices(engine, signal),
      listTasks(engine, { "desired-state": ["running"] }, signal),
    ]);
    const present = services.some(isJob) ? await listTasks(engine, { "_up-to-date": ["true"] }, signal) : [];
    return {
      cluster: wanted.cluster,
      clusterId: swarm.ID,
      createdAt: swarm.CreatedAt,
      quorum: quorumOf(nodes),
      nodes: nodes
        .map(nodeRow)
        .sort((a, b) => Number(a.role > b.role) - Number(a.role < b.role) || byName(a, b)),
      services: services
        .map((service) => serviceRow(service, addressesOf(service, nodes, tasks)))
        .sort(byName),
      drift: [
        ...actualDrift(wanted, swarm, nodes, services),
        ...deploymentDrift(wanted, { services, tasks: present, nodes }),
      ],
    };
  });
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name.localeCompare(b.name, "en", { numeric: true });
}

function nodeRow(node: SwarmNodeInspect): NodeRow {
  const { ManagerStatus, Spec, Status, Description } = node;
  // The name is shown already.
  const { [NODE_LABEL]: _name, ...labels } = Spec.Labels ?? {};
  return {
    name: nodeName(node),
    // One that has not reported yet has none of them.
    hostname: Description.Hostname ?? "",
    id: node.ID,
    role: Spec.Role,
    reachability: ManagerStatus ? (ManagerStatus.Leader ? "leader" : ManagerStatus.Reachability) : "",
    status: Status.State,
    availability: Spec.Availability,
    address: Status.Addr ?? "",
    labels,
    engine: Description.Engine.EngineVersion ?? "",
  };
}

function addressesOf(service: Service, nodes: readonly SwarmNodeInspect[], tasks: readonly Task[]): string[] {
  const own = tasks.filter(({ ServiceID, Status }) => ServiceID === service.ID && Status.State === "running");
  return (service.Spec.EndpointSpec?.Ports ?? []).flatMap(({ PublishedPort, PublishMode }) =>
    nodes
      .filter(({ ID, Status }) =>
        PublishMode === "host" ? own.some(({ NodeID }) => NodeID === ID) : Status.State === "ready",
      )
      .map(({ Status }) => `${Status.Addr}:${PublishedPort ?? "auto"}`)
      .sort(),
  );
}

function serviceRow(service: Service, addresses: string[]): ServiceRow {
  const { Spec, ServiceStatus } = service;
  return {
    name: Spec.Name,
    mode: modeOf(Spec),
    running: ServiceStatus?.RunningTasks ?? 0,
    desired: ServiceStatus?.DesiredTasks ?? 0,
    ...(isJob(service) ? { completed: ServiceStatus?.CompletedTasks ?? 0 } : {}),
    image: (Spec.TaskTemplate.ContainerSpec?.Image ?? "").replace(/@sha256:.*/, ""),
    ports: (Spec.EndpointSpec?.Ports ?? []).map(describePort),
    addresses,
  };
}

function modeOf({ Mode }: ServiceSpec): string {
  if (Mode.Replicated) return "replicated";
  if (Mode.Global) return "global";
  return Mode.ReplicatedJob ? "replicated job" : "global job";
}
