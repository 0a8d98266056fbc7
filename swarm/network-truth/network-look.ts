import type { Connection, ManagerRef } from "../../schema/connection";
import { onManager } from "../managers";
import { networkTruth } from "./network-truth";
import { readRecords } from "./records";
import type { Context } from "../../foundation/context";
import { SWARM_COMMAND } from "../../foundation/command-lines";
import { slot, type InSession } from "../../foundation/session";

/** The whole look; a node that has not answered by then is the doctor's business. */
const LOOK_MS = 10_000;
/** How long something must stay wrong: tasks that have just moved are told of within seconds. */
const CONFIRM_MS = 5_000;
/** In a large cluster these tell as much as all would; the doctor asks all. */
const MOST_NODES = 16;
const SHOWN = 3;

/** Cluster ID → connections of the program's nodes, by name. */
const nodes = slot(() => new Map<string, Map<string, Connection>>());

export function noteConnection(
  node: { clusterId: string; name: string; connection: Connection },
  { session }: InSession,
): void {
  const machines = session.get(nodes);
  const ofCluster = machines.get(node.clusterId) ?? new Map<string, Connection>();
  machines.set(node.clusterId, ofCluster.set(node.name, node.connection));
}

/** The program's nodes, as far as this run has come across them. */
export function machinesOf(
  clusterId: string,
  { session }: InSession,
): { name: string; connection: Connection }[] {
  return [...(session.get(nodes).get(clusterId) ?? [])].map(([name, connection]) => ({ name, connection }));
}

/**
 * After tasks have moved: warns where what nodes hold of the overlay networks is not what the managers say. Never fails an
 * update, and holds it up for seconds at most; without tasks in a network nobody is asked.
 *
 * @param moved - nodes that came or went, which are asked first.
 */
export async function warnOfNetworks(
  { clusterId, managers }: { clusterId: string; managers: readonly ManagerRef[] },
  moved: readonly string[],
  context: Context,
): Promise<void> {
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(LOOK_MS)]);
  const waiting = { ...context, signal, progress: () => undefined, timeoutMs: CONFIRM_MS };
  try {
    const { tasks } = await onManager(managers, waiting, (engine) => readRecords(engine, signal));
    if (!tasks.some(({ addresses }) => Object.keys(addresses).length > 0)) return;
    const known = machinesOf(clusterId, context);
    const first = known.filter(({ name }) => moved.includes(name));
    const asked = [...first, ...known.filter((machine) => !first.includes(machine))].slice(0, MOST_NODES);
    const { wrong } = await networkTruth(managers, asked, waiting);
    const costly = wrong.filter(({ isHarmless }) => !isHarmless).map(({ text }) => text);
    if (costly.length === 0) return;
    const more = costly.length > SHOWN ? `; and ${costly.length - SHOWN} more` : "";
    context.warn(
      `nodes hold of the overlay networks what the managers do not say: ${costly.slice(0, SHOWN).join("; ")}${more}. ` +
        `Look, and mend it: ${SWARM_COMMAND} doctor --repair-network`,
    );
  } catch {
    // What could not be looked at in time is no fault of this update; a cancelled one ends by itself.
  }
}
