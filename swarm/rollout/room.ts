import type { SwarmNodeInspect } from "../../docker/api/node";
import type { GenericResource, Reservations, Service } from "../../docker/api/service";
import type { Task } from "../../docker/api/task";
import { meetsConstraints } from "./constraints";

/** What the scheduler goes by. */
export interface Placed {
  nodes: readonly SwarmNodeInspect[];
  services: readonly Service[];
  tasks: readonly Task[];
}

/** States in which a task holds what it has reserved (swarmkit, manager/scheduler/scheduler.go). */
const HOLDING = ["pending", "assigned", "accepted", "preparing", "ready", "starting", "running"];
/** What images and nodes call one architecture. */
const ARCHITECTURES: Record<string, string> = { x86_64: "amd64", aarch64: "arm64" };

/** How many tasks of a service a node could hold if it had none of them, by the filters of swarmkit (manager/scheduler/filter.go). */
export function roomFor(service: Service, node: SwarmNodeInspect, placed: Placed): number {
  if (!takesTasks(node) || !suits(service, node)) return 0;
  const others = placed.tasks.filter(
    ({ NodeID, ServiceID, Status }) =>
      NodeID === node.ID && ServiceID !== service.ID && HOLDING.includes(Status.State),
  );
  const most = service.Spec.TaskTemplate.Placement?.MaxReplicas || Infinity;
  return Math.min(
    most,
    roomByPorts(service, others, placed.services),
    roomByResources(service, node, others),
  );
}

function takesTasks({ Spec, Status }: SwarmNodeInspect): boolean {
  return Status.State === "ready" && Spec.Availability === "active";
}

function suits({ Spec: { TaskTemplate } }: Service, node: SwarmNodeInspect): boolean {
  const { Placement, LogDriver, ContainerSpec } = TaskTemplate;
  const drivers = (ContainerSpec?.Mounts ?? []).flatMap(({ Type, VolumeOptions }) => {
    const driver = VolumeOptions?.DriverConfig?.Name;
    return Type === "volume" && driver && driver !== "local" ? [driver] : [];
  });
  const log = LogDriver?.Name ?? "";
  return (
    meetsConstraints(Placement?.Constraints ?? [], node) &&
    isPlatform(Placement?.Platforms ?? [], node) &&
    drivers.every((driver) => hasPlugin("Volume", driver, node)) &&
    // An engine that tells of no log drivers may have any.
    (["", "none"].includes(log) || !hasPlugin("Log", undefined, node) || hasPlugin("Log", log, node))
  );
}

function isPlatform(
  wanted: readonly { Architecture?: string; OS?: string }[],
  { Description }: SwarmNodeInspect,
): boolean {
  const { Architecture = "", OS } = Description.Platform ?? {};
  const common = (name = "") => ARCHITECTURES[name] ?? name;
  return (
    wanted.length === 0 ||
    wanted.some(
      (one) =>
        (!one.Architecture || common(one.Architecture) === common(Architecture)) &&
        (!one.OS || one.OS === OS),
    )
  );
}

/** @param name - @default any of the type */
function hasPlugin(type: string, name: string | undefined, { Description }: SwarmNodeInspect): boolean {
  return (Description.Engine?.Plugins ?? []).some(
    (plugin) =>
      plugin.Type === type &&
      (name === undefined || plugin.Name === name || plugin.Name === `${name}:latest`),
  );
}

/** A port in host mode is had by one task of a node. */
function roomByPorts(service: Service, others: readonly Task[], services: readonly Service[]): number {
  const wanted = hostPorts(service);
  if (wanted.length === 0) return Infinity;
  const ids = new Set(others.map(({ ServiceID }) => ServiceID));
  const taken = services.filter(({ ID }) => ids.has(ID)).flatMap(hostPorts);
  return wanted.some((port) => taken.includes(port)) ? 0 : 1;
}

function hostPorts({ Spec, Endpoint }: Service): string[] {
  return (Endpoint?.Ports ?? Spec.EndpointSpec?.Ports ?? []).flatMap(
    ({ PublishMode, PublishedPort, Protocol }) =>
      PublishMode === "host" && PublishedPort ? [`${PublishedPort}/${Protocol}`] : [],
  );
}

function roomByResources(
  { Spec }: Service,
  { Description }: SwarmNodeInspect,
  others: readonly Task[],
): number {
  const needed = amounts(Spec.TaskTemplate.Resources?.Reservations);
  const there = amounts(Description.Resources);
  const reserved = others.map((task) => amounts(task.Spec.Resources?.Reservations));
  const rooms = [...needed]
    .filter(([, amount]) => amount > 0)
    .map(([kind, amount]) => {
      const left = reserved.reduce((rest, one) => rest - (one.get(kind) ?? 0), there.get(kind) ?? 0);
      return Math.max(0, Math.floor(left / amount));
    });
  return Math.min(Infinity, ...rooms);
}

function amounts({ NanoCPUs = 0, MemoryBytes = 0, GenericResources }: Reservations = {}): Map<
  string,
  number
> {
  const found = new Map([
    ["processor time", NanoCPUs],
    ["memory", MemoryBytes],
  ]);
  for (const resource of GenericResources ?? []) {
    const kind = `generic ${kindOf(resource)}`;
    found.set(kind, (found.get(kind) ?? 0) + (resource.DiscreteResourceSpec?.Value ?? 1));
  }
  return found;
}

function kindOf({ DiscreteResourceSpec, NamedResourceSpec }: GenericResource): string {
  return DiscreteResourceSpec?.Kind ?? NamedResourceSpec?.Kind ?? "";
}
