import type { ManagerRef } from "../../schema/connection";
import type { Role } from "../../schema/swarm";
import { showPending, type Waiting } from "../../foundation/context";
import { connect } from "../../docker/connect";
import { nodeReady } from "./node-ready";
import { info } from "../../docker/nodes";
import { gossipAgain } from "../engines/unlocked-gossip";
import { waitFor } from "../../foundation/wait";
import { SWARM_COMMAND } from "../../foundation/command-lines";

/** Elections begin anew while managers come back one by one. */
const ACTIVE_TIMEOUT_MS = 120_000;

/**
 * Managers that were unlocked are such again: active by their own word, Ready and Reachable by that of the others, and part of
 * their gossip. All are waited for before an engine is restarted for the last, so that the others have quorum without it.
 */
export async function managersAgain(
  unlocked: readonly ManagerRef[],
  managers: readonly ManagerRef[],
  waiting: Waiting,
): Promise<void> {
  const again = (manager: ManagerRef) => memberAgain(manager, "manager", managers, waiting);
  await Promise.all(unlocked.map(again));
  for (const manager of unlocked) await gossipAgain(manager, managers, () => again(manager), waiting);
}

/** A node whose engine was restarted is a member again, by its own word and by that of the managers. */
export async function memberAgain(
  { name, connection }: ManagerRef,
  role: Role,
  managers: readonly ManagerRef[],
  waiting: Waiting,
): Promise<void> {
  const engine = connect(connection, waiting);
  await waitFor(
    {
      name: `it is an active ${role} again`,
      on: name,
      intervalMs: 250,
      timeoutMs: ACTIVE_TIMEOUT_MS,
      signal: waiting.signal,
      onPending: showPending(waiting, "coming back"),
      remedy: `More than half of the managers must run and be unlocked: ${SWARM_COMMAND} status tells which do.`,
    },
    async () => {
      const state = await engine.swarmState(waiting.signal);
      return state === `active/${role}` ? { done: undefined } : { pending: state };
    },
  );
  if (managers.length === 0) return;
  const { Swarm } = await info(engine, waiting.signal);
  await nodeReady({ name, nodeId: Swarm.NodeID, managers, connection }, role, waiting);
}
