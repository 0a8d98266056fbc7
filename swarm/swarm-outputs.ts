import type { ManagerRef } from "../schema/connection";
import type { SwarmOutputs } from "../schema/swarm";
import type { SwarmInspect } from "../docker/api/swarm";
import { inspectSwarm, unlockKey } from "../docker/swarm";
import type { Context } from "../foundation/context";
import { onManager } from "./managers";

/** Keys that are kept for managers that were down while the key was rotated. */
const KEPT_KEYS = 3;

/** What a swarm tells of itself: its ID, what joins it, what unlocks it. */
export function swarmOutputs(
  managers: readonly ManagerRef[],
  context: Context,
  old?: SwarmOutputs,
): Promise<SwarmOutputs> {
  return onManager(managers, context, async (engine) => {
    const found = await inspectSwarm(engine, context.signal);
    const locks = found.Spec.EncryptionConfig.AutoLockManagers;
    return outputsFrom(found, locks ? await unlockKey(engine, context.signal) : "", old);
  });
}

/** What differs from the last known outputs was rotated just now. */
function outputsFrom(found: SwarmInspect, unlockKey: string, old?: SwarmOutputs): SwarmOutputs {
  const { Manager: managerToken, Worker: workerToken } = found.JoinTokens;
  const now = new Date().toISOString();
  const since = (value: string, before: string | undefined, at: string | undefined) =>
    before === undefined || before === value ? (at ?? found.CreatedAt) : now;
  const keyChanged = old !== undefined && old.unlockKey !== "" && old.unlockKey !== unlockKey;
  const previous = old?.previousUnlockKeys ?? [];
  return {
    clusterId: found.ID,
    managerToken,
    workerToken,
    unlockKey,
    previousUnlockKeys: keyChanged ? [old.unlockKey, ...previous].slice(0, KEPT_KEYS) : previous,
    workerTokenRotatedAt: since(workerToken, old?.workerToken, old?.workerTokenRotatedAt),
    managerTokenRotatedAt: since(managerToken, old?.managerToken, old?.managerTokenRotatedAt),
    unlockKeyRotatedAt: unlockKey && since(unlockKey, old?.unlockKey, old?.unlockKeyRotatedAt),
    caCertificate: found.TLSInfo.TrustRoot,
    createdAt: found.CreatedAt,
  };
}
