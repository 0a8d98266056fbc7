import type { DockerClient } from "../transport/docker-client";
import type { NetworkInspect } from "./api/network";
import { ifPresent } from "./errors";

/** A driver option that is a flag: there or not, whatever its value. */
export const ENCRYPTED_OPTION = "encrypted";

/** What of a network has to be the case for it to be listed. */
type Filters = Record<string, string[]>;

/** A network of the swarm by its name or ID; nothing where there is none. */
export function inspectNetwork(
  engine: DockerClient,
  nameOrId: string,
  signal?: AbortSignal,
): Promise<NetworkInspect | undefined> {
  return inspect(engine, nameOrId, { query: { scope: "swarm" }, signal });
}

/** A network as the engine that is asked has it, with the containers that are attached to it there. */
export function inspectEngineNetwork(
  engine: DockerClient,
  nameOrId: string,
  signal?: AbortSignal,
): Promise<NetworkInspect | undefined> {
  return inspect(engine, nameOrId, { signal });
}

function inspect(engine: DockerClient, nameOrId: string, options: object) {
  return ifPresent(
    engine.get<NetworkInspect>(`inspect network ${nameOrId}`, `/networks/${nameOrId}`, options),
  );
}

/** The networks that an engine knows: of itself, and of its swarm where it is a manager. */
export function listNetworks(
  engine: Pick<DockerClient, "get">,
  filters: Filters = {},
  signal?: AbortSignal,
): Promise<NetworkInspect[]> {
  const query = { filters: JSON.stringify(filters) };
  return engine.get<NetworkInspect[]>("list networks", "/networks", { query, signal });
}

/** The networks of the swarm, those of its stacks included; not those of single engines. */
export function swarmNetworks(
  engine: DockerClient,
  signal?: AbortSignal,
  filters: Filters = {},
): Promise<NetworkInspect[]> {
  return listNetworks(engine, { ...filters, scope: ["swarm"] }, signal);
}

/** The overlay networks of the swarm on a manager; on a worker those that its tasks are in. */
export function overlayNetworks(engine: DockerClient, signal?: AbortSignal): Promise<NetworkInspect[]> {
  return listNetworks(engine, { driver: ["overlay"] }, signal);
}

/** @returns its ID */
export async function createNetwork(
  engine: DockerClient,
  body: { Name: string } & Record<string, unknown>,
  signal?: AbortSignal,
): Promise<string> {
  const { Id } = await engine.post<{ Id: string }>(`create network ${body.Name}`, "/networks/create", {
    body,
    signal,
  });
  return Id;
}

/** Nothing where there is none. */
export async function deleteNetwork(
  engine: DockerClient,
  { id, name }: { id: string; name: string },
  signal?: AbortSignal,
): Promise<void> {
  await ifPresent(engine.delete(`remove network ${name}`, `/networks/${id}`, { signal }));
}
