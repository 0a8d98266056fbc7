import type { EngineClient } from "./engine-client";
import { listNodes } from "./nodes";

/** How much a swarm holds: what a backup carries and a restore brings back. */
export interface Inventory {
  services: number;
  secrets: number;
  configs: number;
  nodes: number;
}

export async function takeInventory(engine: EngineClient, signal: AbortSignal): Promise<Inventory> {
  const count = async (kind: string) =>
    (await engine.get<unknown[]>(`list ${kind}`, `/${kind}`, { signal })).length;
  const [services, secrets, configs, nodes] = await Promise.all([
    count("services"),
    count("secrets"),
    count("configs"),
    listNodes(engine, signal),
  ]);
  return { services, secrets, configs, nodes: nodes.length };
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
