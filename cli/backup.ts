import { existsSync, renameSync, rmSync, writeFileSync, readFileSync } from "node:fs";
import path from "node:path";
import type { ManagerRef } from "../contract/connection";
import type { Waiting } from "../engine/conditions";
import { closeConnections } from "../engine/connect";
import { whileStopped } from "../engine/engine-stop";
import { describeInventory, takeInventory, type Inventory } from "../engine/inventory";
import { onManager } from "../engine/managers";
import { nodeReady } from "../engine/membership";
import { quorumOf } from "../engine/quorum";
import { inspectSwarm, unlockKey } from "../engine/swarm";
import { listNodes } from "../engine/swarm-nodes";
import type { SwarmInspect, SwarmNodeInspect } from "../engine/swarm-types";
import { SWARM_FOLDER } from "../transport/machine-control";
import { packBackup, readBackup } from "./backup-contents";
import { confirm } from "./confirm";
import { newPassphrase } from "./passphrase";
import { seal, unseal } from "./sealed-file";
import { stackOutputs, type SwarmOutput } from "./stack-outputs";
import { cancellable, step } from "./steps";

export interface BackupOptions {
  file: string;
  stack: string;
  env: NodeJS.ProcessEnv;
  passphraseFile?: string;
  /** Overwrite a file that is there. @default false */
  force?: boolean;
  /** Stop the only manager without a question. @default false */
  yes?: boolean;
}

/** What is known of a swarm before anything is stopped. */
interface Plan {
  swarm: SwarmInspect;
  inventory: Inventory;
  unlockKey: string;
  /** The manager whose state is taken. */
  manager: ManagerRef;
  node: SwarmNodeInspect;
  isOnly: boolean;
}

/** Writes the whole state of a stack's swarm into one encrypted file. */
export async function backUp(options: BackupOptions): Promise<void> {
  const { file, stack, env, force = false, yes = false } = options;
  refuseFile(file, force);
  const passphrase = await newPassphrase({ env, file: options.passphraseFile });
  const { swarm } = await stackOutputs(stack, env);
  try {
    await cancellable(async (signal) => {
      const waiting = (progress: (text: string) => void): Waiting => ({ signal, progress });
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
        () => write(file, content, passphrase),
        (bytes) => `${file}, ${Math.ceil(bytes / 1024)} KiB, encrypted, read back and compared`,
      );
    });
  } finally {
    closeConnections();
  }
}

function refuseFile(file: string, force: boolean): void {
  if (existsSync(file) && !force) {
    throw new Error(
      `${file} is there already and was left as it is. Choose another name, or overwrite it: --force`,
    );
  }
  const folder = path.dirname(path.resolve(file));
  if (!existsSync(folder)) throw new Error(`There is no folder ${folder} for the backup. Make it first.`);
}

async function planBackup({ managers }: SwarmOutput, waiting: Waiting): Promise<Plan> {
  return onManager(managers, waiting, async (engine) => {
    const [swarm, nodes, inventory] = await Promise.all([
      inspectSwarm(engine, waiting.signal),
      listNodes(engine, waiting.signal),
      takeInventory(engine, waiting.signal),
    ]);
    const { node, isOnly } = chooseManager(nodes);
    const manager = managers.find(({ name }) => name === node.Description.Hostname);
    if (!manager) {
      throw new Error(
        `The manager ${node.Description.Hostname} is not in the stack's outputs, so it cannot be reached. ` +
          "Bring stack and swarm together first: npm run up -- --refresh",
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
        "quorum, and one would be away. Nothing was changed. Bring the others back first (npm run up -- --refresh), or have at least 3.",
    );
  }
  return { node: others[0], isOnly: false };
}

async function readState(wanted: SwarmOutput, plan: Plan, waiting: Waiting): Promise<Buffer> {
  const { swarm, manager, node, inventory } = plan;
  const facts = {
    cluster: wanted.cluster,
    clusterId: swarm.ID,
    labels: swarm.Spec.Labels,
    node: manager.name,
    nodeId: node.ID,
    address: new URL(`tcp://${node.ManagerStatus?.Addr}`).hostname,
    engineVersion: node.Description.Engine.EngineVersion,
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
  await nodeReady({ name: manager.name, nodeId: node.ID, managers: wanted.managers }, "manager", unstoppable);
  if (waiting.signal.aborted) {
    throw new Error(`Cancelled. No backup was written; ${manager.name} is Reachable again.`);
  }
  return content;
}

/** The file appears under its name only when it was read back and holds what was written. */
async function write(file: string, content: Buffer, passphrase: string): Promise<number> {
  const part = `${file}.part`;
  try {
    writeFileSync(part, await seal(content, passphrase), { mode: 0o600 });
    const written = readFileSync(part);
    await readBackup(await unseal(written, passphrase, part), part);
    renameSync(part, file);
    return written.length;
  } finally {
    rmSync(part, { force: true });
  }
}
