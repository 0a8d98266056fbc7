import type { Connection, ManagerRef } from "../../schema/connection";
import { showPending, type Waiting } from "../../foundation/context";
import { connect } from "../../docker/connect";
import { isEngineError } from "../../docker/errors";
import { onManager } from "../managers";
import { info, removeNode } from "../../docker/nodes";
import type { LocalNodeState } from "../../docker/api/info";
import { waitFor } from "../../foundation/wait";
import { SWARM_COMMAND } from "../../foundation/command-lines";

/** A member as an operation addresses it: by ID in the swarm, by name in messages. */
export interface Member {
  name: string;
  nodeId: string;
  managers: readonly ManagerRef[];
  /** How its own engine is asked, where a wait for it comes to nothing. */
  connection?: Connection;
}

/**
 * For each step of a join. Fifty nodes may join at once on two cores, and the engine itself gives a join 20 s before it
 * "goes on in the background".
 */
export const JOIN_TIMEOUT_MS = 180_000;
/** A join takes some tenths of a second; what is asked again costs a ping, or nothing (node-list.ts). */
export const JOIN_INTERVAL_MS = 100;

/**
 * A machine that was told to join is a member: it knows its node ID. The engine gives up a join whose connection
 * timed out and never tries again by itself, so `rejoin` begins another one.
 */
export function memberOfSwarm(
  name: string,
  connection: Connection,
  rejoin: (state: LocalNodeState) => Promise<void>,
  waiting: Waiting,
): Promise<string> {
  return waitFor<string>(
    {
      name: "it has joined the swarm",
      on: name,
      intervalMs: JOIN_INTERVAL_MS,
      timeoutMs: waiting.timeoutMs ?? JOIN_TIMEOUT_MS,
      stepwise: waiting.timeoutMs === undefined,
      signal: waiting.signal,
      onPending: showPending(waiting, "joining"),
      remedy:
        "A manager must reach this machine's port 2377/tcp (managers) and it theirs; clocks must agree. Run the same command again.",
    },
    async () => {
      const engine = connect(connection, waiting);
      if ((await engine.swarmState(waiting.signal)) === "pending") return { pending: "pending", reached: 1 };
      const { Swarm } = await info(engine, waiting.signal);
      if (Swarm.LocalNodeState === "active" && Swarm.NodeID) return { done: Swarm.NodeID };
      if (Swarm.LocalNodeState === "error" || Swarm.LocalNodeState === "inactive") {
        await rejoin(Swarm.LocalNodeState);
        return {
          pending: `its join failed and was begun again: ${Swarm.Error || "no connection to a manager"}`,
          reached: 0,
        };
      }
      if (Swarm.LocalNodeState === "locked")
        throw new Error(`${name}: it is locked. Unlock it: ${SWARM_COMMAND} unlock`);
      return { pending: `${Swarm.LocalNodeState}${Swarm.Error ? `: ${Swarm.Error}` : ""}` };
    },
  );
}

/** Takes a node out of the list. `force` is safe here: it left or its machine is gone, and it is out of raft. */
export async function removed(member: Member, waiting: Waiting): Promise<void> {
  try {
    await onManager(member.managers, waiting, (engine) =>
      removeNode(engine, { id: member.nodeId, name: member.name }, waiting.signal),
    );
  } catch (error) {
    if (!isEngineError(error, "not-found")) throw error;
  }
}
