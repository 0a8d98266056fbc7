import type { DockerClient } from "../transport/docker-client";
import { listNodes } from "./nodes";
import { listObjects } from "./objects";
import { listServices } from "./services";

/** How much a swarm holds: what a backup carries and a restore brings back. */
export interface Inventory {
  services: number;
  secrets: number;
  configs: number;
  nodes: number;
}

export async function takeInventory(engine: DockerClient, signal: AbortSignal): Promise<Inventory> {
  const [services, secrets, configs, nodes] = await Promise.all([
    listServices(engine, signal),
    listObjects(engine, "secret", {}, signal),
    listObjects(engine, "config", {}, signal),
    listNodes(engine, signal),
  ]);
  return {
    services: services.length,
    secrets: secrets.length,
    configs: configs.length,
    nodes: nodes.length,
  };
}

export function describeInventory({ services, secrets, configs, nodes }: Inventory): string {
  return [
    plural(services, "service"),
    plural(secrets, "secret"),
    plural(configs, "config"),
    plural(nodes, "node"),
  ].join(", ");
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
