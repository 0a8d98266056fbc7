import type { ManagerRef } from "../../schema/connection";
import type { SwarmOutputs } from "../../schema/swarm";
import { connect } from "../../docker/connect";
import { managersAgain } from "../membership/member-again";
import { memberUnlocked } from "../engines/unlock-member";
import type { Context, Waiting } from "../../foundation/context";
import { SWARM_COMMAND } from "../../foundation/command-lines";

/** Managers that were restarted with autolock on and wait for the unlock key. One that does not answer is none of them. */
export async function lockedManagers<M extends ManagerRef>(
  managers: readonly M[],
  context: Context,
): Promise<M[]> {
  const states = await Promise.all(
    managers.map(({ connection }) =>
      connect(connection, context)
        .swarmState(context.signal)
        .catch(() => ""),
    ),
  );
  return managers.filter((_, index) => states[index] === "locked");
}

/** Unlocks every locked manager with the key of the last update or an earlier one, and waits until it is back. */
export async function unlockAll(
  managers: readonly ManagerRef[],
  { unlockKey, previousUnlockKeys }: SwarmOutputs,
  context: Context,
): Promise<void> {
  const locked = await lockedManagers(managers, context);
  const keys = [unlockKey, ...(previousUnlockKeys ?? [])].filter(Boolean);
  context.progress(`unlocking ${locked.map(({ name }) => name).join(", ")}`);
  const refused = (await stillLocked(locked, keys, context)).map(({ name }) => name);
  if (refused.length > 0) {
    throw new Error(
      `${refused.join(", ")} took none of the ${keys.length} unlock keys that are known here: the key was changed by hand. ` +
        `Unlock with that one (${SWARM_COMMAND} unlock), then run \`pulumi up --refresh\`.`,
    );
  }
  await managersAgain(locked, managers, context);
}

/**
 * Tries keys on locked managers, on all at once: without a quorum none of them comes back before the others have theirs.
 * Answers those that none of the keys fits.
 */
export async function stillLocked<M extends ManagerRef>(
  locked: readonly M[],
  keys: readonly string[],
  waiting: Waiting,
): Promise<M[]> {
  const unlocked = await Promise.all(locked.map((manager) => memberUnlocked(manager, keys, waiting)));
  return locked.filter((_, index) => !unlocked[index]);
}
