import { connect } from "../../docker/connect";
import type { Context } from "../../foundation/context";
import type { Connection } from "../../schema/connection";
import { isNameless, liesHere, volumesOn, type NodeVolume } from "./node-volumes";

/** Whoever ends a whole cluster waits for no machine that says nothing. */
const LOOK_MS = 3_000;

/**
 * Where a whole cluster goes: tells which volumes of services are on a machine. Its services may be gone by now, and what is left
 * of them is the name of their stack. A machine that does not answer has nothing to tell, and nobody is held up.
 *
 * @param what - becomes of them: "go with it"
 */
export async function tellVolumes(connection: Connection, what: string, context: Context): Promise<void> {
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(LOOK_MS)]);
  const volumes = await volumesOn(connect(connection, context), [], signal).catch(() => []);
  const told = volumes
    .filter((volume) => liesHere(volume) && !isNameless(volume) && !volume.disk)
    .flatMap(described);
  if (told.length > 0) context.warn(`volumes of services ${what}: ${told.join(", ")}.`);
}

function described({ name, services, stack }: NodeVolume): string[] {
  if (services.length > 0) return [`${name} of ${services.join(" and ")}`];
  return stack ? [`${name} of stack ${stack}`] : [];
}
