import type { EngineClient } from "../../docker/engine-client";
import { removeService, stackServices } from "../../docker/services";

/**
 * Ends the services of a stack that are wanted no more. Docker's own `--prune` knows those of one deploy alone, and of several in turn
 * the last one has not all that is wanted.
 *
 * @param wanted - names in the compose file
 */
export async function pruneServices(
  engine: EngineClient,
  stack: string,
  wanted: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const kept = new Set(wanted.map((service) => `${stack}_${service}`));
  for (const { ID: id, Spec } of await stackServices(engine, stack, signal))
    if (!kept.has(Spec.Name)) await removeService(engine, { id, name: Spec.Name }, signal);
}
