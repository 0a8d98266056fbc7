import type { ManagerRef } from "../schema/connection";
import type { Waiting } from "../foundation/context";
import { heardNodes } from "../swarm/nodes/heard-nodes";
import { takeInventory, type Inventory } from "../docker/contents";
import { onManager } from "../swarm/managers";
import { givenName, nodeName } from "../swarm/nodes/node-name";
import { quorumOf } from "../swarm/nodes/quorum";
import { inspectSwarm, unlockKey } from "../docker/swarm";
import type { SwarmNodeInspect } from "../docker/api/node";
import type { SwarmInspect } from "../docker/api/swarm";
import type { ClusterRecord } from "../schema/cluster-record";
import { upCommand } from "../foundation/command-lines";

/** What is known of a swarm before anything is stopped. */
export interface BackupPlan {
  swarm: SwarmInspect;
  inventory: Inventory;
  unlockKey: string;
  /** The manager whose state is taken. */
  manager: ManagerRef;
  node: SwarmNodeInspect;
  isOnly: boolean;
}

/** Looks at a swarm and chooses the manager whose state is taken. Fails where none can be stopped without losing quorum. */
export async function planBackup({ managers }: ClusterRecord, waiting: Waiting): Promise<BackupPlan> {
  const nodes = await heardNodes(managers, waiting, ({ ManagerStatus }) => ManagerStatus !== undefined);
  return onManager(managers, waiting, async (engine) => {
    const [swarm, inventory] = await Promise.all([
      inspectSwarm(engine, waiting.signal),
      takeInventory(engine, waiting.signal),
    ]);
    const { node, isOnly } = chooseManager(nodes);
    const manager = managers.find(({ name }) => name === givenName(node));
    if (!manager) {
      throw new Error(
        `The manager ${nodeName(node)} is not in the stack's state, so it cannot be reached. ` +
          `Bring stack and swarm together first: ${upCommand("--refresh")}`,
      );
    }
    const autolock = swarm.Spec.EncryptionConfig.AutoLockManagers;
    return {
      swarm,
      inventory,
      manager,
      node,
      isOnly,
      unlockKey: autolock ? await unlockKey(engine, waiting.signal) : "",
    };
  });
}

/** A manager that is not the leader, so that no election is needed; the only one where there is no other. */
function chooseManager(nodes: readonly SwarmNodeInspect[]): { node: SwarmNodeInspect; isOnly: boolean } {
  const { managers, reachable, needed, margin } = quorumOf(nodes);
  const [only] = nodes.filter(({ ManagerStatus }) => ManagerStatus);
  if (managers === 1) return { node: only, isOnly: true };
  const others = nodes.filter(
    ({ ManagerStatus, Status }) =>
      ManagerStatus?.Reachability === "reachable" && !ManagerStatus.Leader && Status.State === "ready",
  );
  if (margin < 1 || others.length === 0) {
    throw new Error(
      `No manager can be stopped for a backup: of ${managers} managers ${reachable} are reachable, ${needed} are needed for ` +
        `quorum, and one would be away. Nothing was changed. Bring the others back first (${upCommand("--refresh")}), or have at least 3.`,
    );
  }
  return { node: others[0], isOnly: false };
}
