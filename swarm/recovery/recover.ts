import path from "node:path";
import { Readable } from "node:stream";
import { pack } from "tar-stream";
import type { ManagerRef } from "../../schema/connection";
import { SWARM_COMMAND, upCommand } from "../../foundation/command-lines";
import type { Waiting } from "../../foundation/context";
import { waitFor } from "../../foundation/wait";
import { listNodes } from "../../docker/nodes";
import { SWARM_FOLDER } from "../../transport/machine-control";
import { whileEngineStopped } from "../engines/engine-stop";
import { isLocked } from "../keys/node-key";
import { isSwarmGone, NoManager, onManager } from "../managers";
import { forceLeave } from "../membership/force-leave";
import { describeQuorum, quorumOf, type Quorum } from "../nodes/quorum";
import { forceNewCluster, removeNodes } from "./force-new-cluster";
import { KEY_FILE, type ManagerFiles } from "./manager-files";
import type { Survivor } from "./survivors";

/** An election takes seconds. */
const QUORUM_TIMEOUT_MS = 60_000;

/** Refuses to force anything where the managers have a quorum, or where there is no manager any more. */
export async function refuseWithQuorum(
  { managers, cluster }: { managers: readonly ManagerRef[]; cluster: string },
  waiting: Waiting,
): Promise<void> {
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

/** Makes the other managers that answer leave: else they would go on calling for votes. Answers their names. */
export async function leaveOthers(
  best: Survivor,
  survivors: readonly Survivor[],
  waiting: Waiting,
): Promise<string[]> {
  const others = survivors.filter(({ manager, answers }) => manager !== best.manager && answers === true);
  for (const { manager } of others) await forceLeave(manager.connection, waiting);
  return others.map(({ manager }) => manager.name);
}

/** Gives a manager its own key without the lock, which a new cluster cannot be forced with. */
export function openKey({ connection }: ManagerRef, key: string, waiting: Waiting): Promise<void> {
  const { dir, base } = path.posix.parse(`${SWARM_FOLDER}/${KEY_FILE}`);
  return whileEngineStopped(connection, waiting, (machine) => machine.write(dir, fileArchive(base, key)));
}

/** Makes a manager the only one of its swarm, without the others in its list. */
export async function leadAlone(manager: ManagerRef, files: ManagerFiles, waiting: Waiting): Promise<void> {
  const self = await forceNewCluster(manager, files.addresses, isLocked(files.key), waiting);
  await removeNodes(manager, ({ ID, Spec }) => ID !== self && Spec.Role === "manager", waiting);
}

function fileArchive(name: string, text: string): Readable {
  const archive = pack();
  archive.entry({ name, mode: 0o600 }, text);
  archive.finalize();
  return Readable.from(archive);
}
