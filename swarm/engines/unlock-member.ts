import type { ManagerRef } from "../../schema/connection";
import type { Waiting } from "../../foundation/context";
import { connect } from "../../docker/connect";
import type { EngineClient } from "../../docker/engine-client";
import { overlayNetworks } from "../../docker/networks";
import { whileStopped } from "./engine-stop";
import { unlocked } from "./unlock-engine";

/**
 * Unlocks a manager as {@link unlocked} does, and restarts its engine where that was locked while it ran: its swarm node began
 * anew without the key, as after a join to raft that failed. Unlocked alone, such an engine says goodbye by gossip and joins
 * it again under another name within a moment, and where its peers hear of both, they shut it out for as long as it runs
 * ("node: … is unknown to memberlist"; moby, networkdb, purgeReincarnation): its tasks have addresses that no other node
 * knows. Seen on Engine 26.1 in three of three times while the machine was busy.
 */
export async function memberUnlocked(
  manager: ManagerRef,
  keys: readonly string[],
  waiting: Waiting,
): Promise<boolean> {
  const engine = connect(manager.connection, waiting);
  const wasAtWork = await hasOverlays(engine, waiting);
  for (const key of keys) {
    if (!(await unlocked(engine, [key], waiting))) continue;
    if (wasAtWork) await whileStopped(manager, key, waiting, () => Promise.resolve());
    return true;
  }
  return false;
}

/** An engine forgets them at its end, and has them again when it is a member. */
async function hasOverlays(engine: EngineClient, { signal }: Waiting): Promise<boolean> {
  return (await overlayNetworks(engine, signal)).length > 0;
}
