import type { SwarmStackInputs } from "../../schema/stack";
import { networkTruth, type NetworkTruth } from "../network-truth/network-truth";
import { judgeAnnounced } from "../network-truth/judge-names";
import { replaceTasks } from "../rollout/replace-tasks";
import type { Context } from "../../foundation/context";
import { machinesOf } from "../network-truth/network-look";

/** The whole look; a node that has not answered by then is the doctor's business. */
const LOOK_MS = 15_000;
/** How long a task must be lost to its own node. */
const CONFIRM_MS = 4_000;

/**
 * After machines were started: replaces the tasks of services of which one runs and is found by nobody (judgeAnnounced).
 * Where everything is right it is one look at every node.
 */
export async function tasksAnnounced(
  { name: stack, clusterId, managers }: SwarmStackInputs,
  context: Context,
): Promise<void> {
  const { wrong } = await lost({ clusterId, managers }, context);
  const services = new Set(wrong.flatMap(({ remedy }) => (remedy.do === "refresh" ? [remedy.service] : [])));
  for (const service of services) {
    if (!service.startsWith(`${stack}_`)) continue;
    context.progress(`replacing tasks of ${service} that its name does not lead to`);
    await replaceTasks(service, managers, context);
  }
}

async function lost(
  { clusterId, managers }: Pick<SwarmStackInputs, "clusterId" | "managers">,
  context: Context,
): Promise<Pick<NetworkTruth, "wrong">> {
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(LOOK_MS)]);
  const waiting = { ...context, signal, progress: () => undefined, timeoutMs: CONFIRM_MS };
  try {
    return await networkTruth(managers, machinesOf(clusterId, context), waiting, judgeAnnounced);
  } catch {
    // What could not be looked at in time is no fault of this update; a cancelled one ends by itself.
    return { wrong: [] };
  }
}
