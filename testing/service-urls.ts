import type { Service, ServicePort } from "../docker/api/service";
import type { ClusterNode, LocalCluster } from "./local-cluster";
import type { TaskOnNode } from "./service-tasks";

/** Ports that browsers take for HTTPS. */
const SECURE = [443, 8443];

/**
 * Where a service can be asked from this machine: its published TCP ports, in host mode on the nodes that run a task, else on every
 * node. @throws Error where it publishes none
 */
export function urlsOf(
  { Spec, Endpoint }: Service,
  tasks: readonly TaskOnNode[],
  { nodes }: LocalCluster,
): string[] {
  const ports = (Endpoint?.Ports ?? []).filter(
    ({ Protocol, PublishedPort }) => Protocol === "tcp" && PublishedPort,
  );
  if (ports.length === 0)
    throw new Error(`${Spec.Name} publishes no TCP port. Add one under \`ports:\`, or ask it by \`exec\`.`);
  const here = new Set(tasks.map(({ node }) => node));
  return ports.flatMap((port) =>
    [...nodes]
      .filter(([name]) => port.PublishMode !== "host" || here.has(name))
      .map(([, node]) => urlOf(port, node)),
  );
}

function urlOf({ TargetPort, PublishedPort }: ServicePort, { machine }: ClusterNode): string {
  return `${SECURE.includes(TargetPort) ? "https" : "http"}://${machine.address}:${PublishedPort}`;
}
