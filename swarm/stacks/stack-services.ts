import type { StackEndpoint, StackService, SwarmStackInputs } from "../../schema/stack";
import type { SwarmNodeInspect } from "../../docker/api/node";
import type { Service, ServicePort } from "../../docker/api/service";
import type { Task } from "../../docker/api/task";
import { describePort, specDigest, specFields } from "../../docker/services";
import type { StackLook } from "../rollout/convergence";
import { ignoredFields } from "./stack-ignore";
import { tasksThere } from "../rollout/service-standing";

/** The services of a stack as its outputs tell of them, by name. */
export function describeServices(
  look: StackLook,
  networkNames: ReadonlyMap<string, string>,
  inputs: Pick<SwarmStackInputs, "name" | "ignore">,
): StackService[] {
  return look.services
    .map((service) => {
      const ignored = ignoredFields(service.Spec.Name.slice(inputs.name.length + 1), inputs);
      return { ...describe(service, look, networkNames), ...(ignored.length > 0 ? { ignored } : {}) };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** By name, what tells which fields of them are changed later. */
export function describeFields({ services }: StackLook): Record<string, Record<string, string>> {
  return Object.fromEntries(services.map(({ Spec }) => [Spec.Name, specFields(Spec)]));
}

function describe(
  service: Service,
  { tasks, nodes }: StackLook,
  networkNames: ReadonlyMap<string, string>,
): StackService {
  const { ID, Spec, ServiceStatus } = service;
  const image = Spec.TaskTemplate.ContainerSpec?.Image ?? "";
  const [, digest] = image.split("@");
  const published = portsOf(service);
  const there = tasksThere(service, tasks);
  return {
    name: Spec.Name,
    id: ID,
    image,
    ...(digest ? { digest } : {}),
    replicas: ServiceStatus?.RunningTasks ?? 0,
    ports: (Spec.EndpointSpec?.Ports ?? []).map(describePort),
    endpoints: published.flatMap((port) => endpointsOf(port, there, nodes)),
    networks: (Spec.TaskTemplate.Networks ?? []).map(({ Target = "" }) => networkNames.get(Target) ?? Target),
    specDigest: specDigest(Spec),
  };
}

/** With the numbers that the engine has chosen. */
function portsOf({ Spec, Endpoint }: Service): ServicePort[] {
  return Endpoint?.Ports ?? Spec.EndpointSpec?.Ports ?? [];
}

/** A port of the routing mesh is open on every node, one of a host where a task runs. */
function endpointsOf(
  { PublishedPort, TargetPort, Protocol, PublishMode }: ServicePort,
  tasks: readonly Task[],
  nodes: readonly SwarmNodeInspect[],
): StackEndpoint[] {
  const port = PublishedPort;
  if (!port) return [];
  const here = new Set(tasks.map(({ NodeID }) => NodeID));
  return nodes
    .filter(({ ID, Status }) => (PublishMode === "host" ? here.has(ID) : Status.State === "ready"))
    .map((node) => ({
      node: node.Description.Hostname ?? node.ID,
      address: addressOf(node),
      port,
      targetPort: TargetPort,
      protocol: Protocol,
      mode: PublishMode,
    }))
    .sort((a, b) => a.node.localeCompare(b.node, "en", { numeric: true }));
}

/** A manager that leads may call its own address 0.0.0.0; as a manager it has the one that others reach. */
function addressOf({ ManagerStatus, Status }: SwarmNodeInspect): string {
  return ManagerStatus?.Addr?.replace(/:\d+$/, "") ?? Status.Addr ?? "";
}
