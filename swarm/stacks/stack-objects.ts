import type { Labels } from "../../schema/owner";
import type { EngineClient } from "../../docker/engine-client";
import { swarmNetworks } from "../../docker/networks";
import { listObjects } from "../../docker/objects";
import type { Service } from "../../docker/api/service";
import { STACK_LABEL, stackServices } from "../../docker/services";
import type { Inside } from "../swarm-ownership";

/** Something that `docker stack rm` would remove. */
export interface StackObject extends Inside {
  kind: "service" | "network" | "config" | "secret";
  name: string;
}

/** All that carries the name of a stack: whoever deployed it, and with whatever tool. */
export async function stackObjects(
  engine: EngineClient,
  stack: string,
  signal: AbortSignal,
): Promise<StackObject[]> {
  const label = { [STACK_LABEL]: stack };
  const [services, networks, configs, secrets] = await Promise.all([
    stackServices(engine, stack, signal),
    swarmNetworks(engine, signal, { label: [`${STACK_LABEL}=${stack}`] }),
    listObjects(engine, "config", label, signal),
    listObjects(engine, "secret", label, signal),
  ]);
  const of =
    (kind: StackObject["kind"]) =>
    ({ ID, Spec }: Pick<Service, "ID"> & { Spec: { Name: string; Labels?: Labels } }): StackObject => ({
      kind,
      id: ID,
      name: Spec.Name,
      labels: Spec.Labels,
    });
  return [
    ...services.map(of("service")),
    ...networks.map(({ Id, Name, Labels: labels }) => ({
      kind: "network" as const,
      id: Id,
      name: Name,
      labels,
    })),
    ...configs.map(of("config")),
    ...secrets.map(of("secret")),
  ];
}
