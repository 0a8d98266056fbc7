import path from "node:path";
import { Readable } from "node:stream";
import { pack } from "tar-stream";
import type { ManagerRef } from "../schema/connection";
import type { Waiting } from "../foundation/context";
import { closeConnections, connect } from "../docker/connect";
import { start, stop } from "../swarm/engines/engine-stop";
import { forceLeave } from "../swarm/membership/force-leave";
import { forceNewCluster, removeNodes } from "../swarm/recovery/force-new-cluster";
import { describeInventory, takeInventory } from "../docker/inventory";
import { KEY_FILE, type ManagerFiles } from "../swarm/recovery/manager-files";
import { isSwarmGone, NoManager, onManager } from "../swarm/managers";
import { isLocked, unlockedNodeKey } from "../swarm/keys/node-key";
import { describeQuorum, quorumOf, type Quorum } from "../swarm/nodes/quorum";
import { listNodes } from "../docker/nodes";
import { bestSurvivor, lookAtManagers, type Survivor } from "../swarm/recovery/survivors";
import { machineControl } from "../docker/controls";
import { waitFor } from "../foundation/wait";
import { SWARM_FOLDER } from "../transport/machine-control";
import { confirm } from "./confirm";
import { consequences, survivorTable } from "./recover-view";
import { keysOfState } from "./unlock-keys";
import type { ClusterRecord } from "../schema/cluster-record";
import { clusterMadeHere } from "./recorded-cluster";
import { stackFlag, type Target } from "./stack-state";
import { cancellable, step } from "./steps";
import { SWARM_COMMAND, upCommand } from "../foundation/command-lines";
import { Session } from "../foundation/session";

/** An election takes seconds. */
const QUORUM_TIMEOUT_MS = 60_000;

export interface RecoverOptions extends Target {
  /** Without a question. @default false */
  yes?: boolean;
}

/** Makes the surviving manager that knows most the only one, after the majority of managers is lost for good. */
export async function recover({ yes = false, ...target }: RecoverOptions): Promise<void> {
  const swarm = await clusterMadeHere(target);
  const session = new Session();
  try {
    await cancellable(async (signal) => {
      const waiting = (progress: (text: string) => void): Waiting => ({ signal, session, progress });
      await step(
        "Quorum",
        (progress) =>
          refuseWithQuorum(
            swarm,
            waiting(() => progress("waiting for a leader")),
          ),
        () => "is lost",
      );
      const survivors = await step(
        "Managers",
        (progress) => lookAtManagers(swarm.managers, waiting(progress)),
        (found) => `${found.filter(({ answers }) => answers === true).length} of ${found.length} answer`,
      );
      console.error(`\n${survivorTable(survivors)}\n`);
      const best = bestSurvivor(survivors);
      if (!best) {
        throw new Error(
          "None of the managers that answer has the swarm's state. Nothing was changed. Start a machine that has it " +
            `(the table shows which), or restore a backup on a fresh cluster: ${SWARM_COMMAND} restore FILE`,
        );
      }
      // Before anything is changed: a wrong key would leave the manager stopped.
      const keys = isLocked(best.files.key) ? await keysOfState(target, swarm.clusterId) : [];
      const key = unlockedNodeKey(best.files.key, keys);
      await confirm({ about: consequences(best, survivors), word: swarm.cluster, yes });
      await step(
        "Others",
        (progress) => leaveOthers(best, survivors, waiting(progress)),
        (left) => (left.length > 0 ? `${left.join(", ")} left the swarm` : "none answers"),
      );
      if (isLocked(best.files.key)) {
        await step(
          "Key",
          (progress) => openKey(best.manager, key, waiting(progress)),
          () => "opened; the swarm locks it again",
        );
      }
      await step(
        "Swarm",
        (progress) => takeOver(best.manager, best.files, waiting(progress)),
        (inventory) => `${best.manager.name} leads: ${inventory}`,
      );
    });
  } finally {
    closeConnections({ session });
  }
  const flags = `${stackFlag(target)} --refresh`.trim();
  console.log(`Next: ${upCommand(flags)} brings the managers back to their number.`);
}

async function refuseWithQuorum({ managers, cluster }: ClusterRecord, waiting: Waiting): Promise<void> {
  let present: Quorum;
  try {
    // A leader that has just lost the majority answers for some seconds still, until it notices.
    const known = { name: "the managers agree whether they have a quorum", on: cluster };
    const times = { intervalMs: 500, timeoutMs: QUORUM_TIMEOUT_MS, signal: waiting.signal };
    present = await waitFor<Quorum>({ ...known, ...times }, async () => {
      const nodes = await onManager(managers, waiting, (engine) => listNodes(engine, waiting.signal));
      const quorum = quorumOf(nodes);
      return quorum.margin < 0 ? { pending: describeQuorum(quorum) } : { done: quorum };
    });
  } catch (error) {
    if (!(error instanceof NoManager)) throw error;
    if (!isSwarmGone(error)) return;
    throw new Error(
      `No machine of cluster ${cluster} is a manager any more, so there is no state to recover. ` +
        `Restore a backup on a fresh cluster: ${SWARM_COMMAND} restore FILE`,
      { cause: error },
    );
  }
  throw new Error(
    `Cluster ${cluster} has a quorum: ${describeQuorum(present)}. Nothing was changed. ` +
      `Managers that are away come back with: ${upCommand("--refresh")}`,
  );
}

/** Else they would go on calling for votes. */
async function leaveOthers(
  best: Survivor,
  survivors: readonly Survivor[],
  waiting: Waiting,
): Promise<string[]> {
  const others = survivors.filter(({ manager, answers }) => manager !== best.manager && answers === true);
  for (const { manager } of others) await forceLeave(manager.connection, waiting);
  return others.map(({ manager }) => manager.name);
}

async function openKey(manager: ManagerRef, key: string, waiting: Waiting): Promise<void> {
  const machine = machineControl(manager.connection, waiting);
  const { dir, base } = path.posix.parse(`${SWARM_FOLDER}/${KEY_FILE}`);
  try {
    await stop(machine, manager.connection, waiting);
    await machine.write(dir, fileArchive(base, key));
  } finally {
    await start(machine, manager.connection, waiting);
  }
}

function fileArchive(name: string, text: string): Readable {
  const archive = pack();
  archive.entry({ name, mode: 0o600 }, text);
  archive.finalize();
  return Readable.from(archive);
}

async function takeOver(manager: ManagerRef, files: ManagerFiles, waiting: Waiting): Promise<string> {
  const self = await forceNewCluster(manager, files.addresses, isLocked(files.key), waiting);
  await removeNodes(manager, ({ ID, Spec }) => ID !== self && Spec.Role === "manager", waiting);
  return describeInventory(await takeInventory(connect(manager.connection, waiting), waiting.signal));
}
