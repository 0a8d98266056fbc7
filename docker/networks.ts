import type { NetworkInspect } from "./api/network";
import type { EngineClient } from "./engine-client";
import { isEngineError } from "./errors";

/** A driver option that is a flag: there or not, whatever its value. */
export const ENCRYPTED_OPTION = "encrypted";

/** A network of the swarm by its name or ID; nothing where there is none. */
export async function inspectNetwork(
  engine: EngineClient,
  nameOrId: string,
  signal?: AbortSignal,
): Promise<NetworkInspect | undefined> {
  try {
    return await engine.get<NetworkInspect>(`inspect network ${nameOrId}`, `/networks/${nameOrId}`, {
      query: { scope: "swarm" },
      signal,
    });
  } catch (error) {
    if (isEngineError(error, "not-found")) return undefined;
    throw error;
  }
}

/** The networks of the swarm, those of its stacks included; not those of single engines. */
export function swarmNetworks(engine: EngineClient, signal?: AbortSignal): Promise<NetworkInspect[]> {
  return engine.get<NetworkInspect[]>("list networks", "/networks", {
    query: { filters: JSON.stringify({ scope: ["swarm"] }) },
    signal,
  });
}
