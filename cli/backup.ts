import type { Waiting } from "../foundation/context";
import { closeConnections } from "../docker/connect";
import { whileStopped } from "../swarm/engines/engine-stop";
import { describeInventory } from "../docker/contents";
import { managersAgain } from "../swarm/membership/member-again";
import { SWARM_FOLDER } from "../transport/machine-control";
import { packBackup } from "./backup-contents";
import { writeBackup } from "./backup-file";
import { planBackup, type BackupPlan } from "./backup-plan";
import { confirm } from "./confirm";
import { refuseFile } from "./part-file";
import { newPassphrase } from "./passphrase";
import type { ClusterRecord } from "../schema/cluster-record";
import { clusterMadeHere } from "./recorded-cluster";
import type { Target } from "./stack-state";
import { cancellable, step } from "./steps";
import { Session } from "../foundation/session";

export interface BackupOptions extends Target {
  file: string;
  passphraseFile?: string;
  /** Overwrite a file that is there. @default false */
  force?: boolean;
  /** Stop the only manager without a question. @default false */
  yes?: boolean;
}

/** Writes the whole state of a stack's swarm into one encrypted file. */
export async function backUp(options: BackupOptions): Promise<void> {
  const { file, env, force = false, yes = false } = options;
  refuseFile(file, force);
  const passphrase = await newPassphrase({ env, file: options.passphraseFile });
  const swarm = await clusterMadeHere(options);
  const session = new Session();
  try {
    await cancellable(async (signal) => {
      const waiting = (progress: (text: string) => void): Waiting => ({ signal, session, progress });
      const plan = await step(
        "Look",
        (progress) => planBackup(swarm, waiting(progress)),
        ({ inventory, manager }) => `${describeInventory(inventory)}; the state of ${manager.name} is taken`,
      );
      if (plan.isOnly) {
        await confirm({
          about: `${plan.manager.name} is the only manager: while its state is read (seconds), the swarm accepts no changes, and tasks on that machine end and start again.`,
          word: swarm.cluster,
          yes,
        });
      }
      const content = await step(
        "State",
        (progress) => readState(swarm, plan, waiting(progress)),
        () => `read; ${plan.manager.name} is Reachable again`,
      );
      await step(
        "File",
        () => writeBackup(file, content, passphrase),
        (bytes) => `${file}, ${Math.ceil(bytes / 1024)} KiB, encrypted, read back and compared`,
      );
    });
  } finally {
    closeConnections({ session });
  }
}

async function readState(wanted: ClusterRecord, plan: BackupPlan, waiting: Waiting): Promise<Buffer> {
  const { swarm, manager, node, inventory } = plan;
  const facts = {
    cluster: wanted.cluster,
    clusterId: swarm.ID,
    labels: swarm.Spec.Labels,
    node: manager.name,
    nodeId: node.ID,
    address: new URL(`tcp://${node.ManagerStatus?.Addr}`).hostname,
    engineVersion: node.Description.Engine.EngineVersion ?? "",
    autolock: swarm.Spec.EncryptionConfig.AutoLockManagers,
    inventory,
  };
  const content = await whileStopped(manager, plan.unlockKey, waiting, async (machine) => {
    waiting.progress("reading the state");
    const takenAt = new Date().toISOString();
    return packBackup(await machine.read(SWARM_FOLDER), { ...facts, takenAt }, plan.unlockKey);
  });
  waiting.progress("waiting until the manager is back");
  const unstoppable = { ...waiting, signal: new AbortController().signal };
  await managersAgain([manager], wanted.managers, unstoppable);
  if (waiting.signal.aborted) {
    throw new Error(`Cancelled. No backup was written; ${manager.name} is Reachable again.`);
  }
  return content;
}
