import { actualDrift, type Drift } from "./drift";
import type { SwarmOutput } from "./stack-outputs";
import { onManager } from "../engine/managers";
import { quorumOf, type Quorum } from "../engine/quorum";
import type { ServiceSpec, Service } from "../engine/service-types";
import { describePort } from "../engine/services";
import { listNodes } from "../engine/swarm-nodes";
import { inspectSwarm } from "../engine/swarm";
import type { SwarmNodeInspect } from "../engine/swarm-types";

export interface NodeRow {
  name: string;
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
  image: string;
  ports: string[];
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

export async function readClusterState(wanted: SwarmOutput, signal: AbortSignal): Promise<ClusterState> {
  const waiting = { signal, progress: (text: string) => console.error(text) };
  return onManager(wanted.managers, waiting, async (engine) => {
    const [swarm, nodes, services] = await Promise.all([
      inspectSwarm(engine, signal),
      listNodes(engine, signal),
      engine.get<Service[]>("list services", "/services", { query: { status: true }, signal }),
    ]);
    return {
      cluster: wanted.cluster,
      clusterId: swarm.ID,
      createdAt: swarm.CreatedAt,
      quorum: quorumOf(nodes),
      nodes: nodes.map(nodeRow).sort((a, b) => Number(a.role > b.role) - Number(a.role < b.role) || byName(a, b)),
      services: services.map(serviceRow).sort(byName),
      drift: actualDrift(wanted, swarm, nodes, services),
    };
  });
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name.localeCompare(b.name, "en", { numeric: true });
}

function nodeRow(node: SwarmNodeInspect): NodeRow {
  const { ManagerStatus, Spec, Status, Description } = node;
  return {
    name: Description.Hostname,
    id: node.ID,
    role: Spec.Role,
    reachability: ManagerStatus ? (ManagerStatus.Leader ? "leader" : ManagerStatus.Reachability) : "",
    status: Status.State,
    availability: Spec.Availability,
    address: Status.Addr,
    labels: Spec.Labels ?? {},
    engine: Description.Engine.EngineVersion,
  };
}

function serviceRow({ Spec, ServiceStatus }: Service): ServiceRow {
  return {
    name: Spec.Name,
    mode: modeOf(Spec),
    running: ServiceStatus?.RunningTasks ?? 0,
    desired: ServiceStatus?.DesiredTasks ?? 0,
    image: (Spec.TaskTemplate.ContainerSpec?.Image ?? "").replace(/@sha256:.*/, ""),
    ports: (Spec.EndpointSpec?.Ports ?? []).map(describePort),
  };
}

function modeOf({ Mode }: ServiceSpec): string {
  if (Mode.Replicated) return "replicated";
  if (Mode.Global) return "global";
  return Mode.ReplicatedJob ? "replicated job" : "global job";
}
