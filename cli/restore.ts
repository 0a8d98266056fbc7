import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import type { ManagerRef } from "../schema/connection";
import type { Waiting } from "../foundation/context";
import { closeConnections, connect } from "../docker/connect";
import { forceLeave } from "../swarm/membership/force-leave";
import { leadRestored, putState } from "../swarm/recovery/restore";
import { describeInventory, takeInventory } from "../docker/contents";
import { isSwarmGone, onManager } from "../swarm/managers";
import { unlockedNodeKey } from "../swarm/keys/node-key";
import type { Service } from "../docker/api/service";
import { listServices } from "../docker/services";
import { readBackup, stateArchive, type Backup } from "./backup-contents";
import { confirm } from "./confirm";
import { knownPassphrase } from "./passphrase";
import { chooseMachine, refuseForeignBackup, refuseForeignServices } from "./restore-checks";
import { unseal } from "./sealed-file";
import { upCommand } from "../foundation/command-lines";
import { clusterMadeHere } from "./recorded-cluster";
import { stackFlag, type Target } from "./stack-state";
import { cancellable, step } from "./steps";
import { Session } from "../foundation/session";

export interface RestoreOptions extends Target {
  file: string;
  passphraseFile?: string;
  /** Take over the swarm of another stack or cluster, with what its program made. @default false */
  adopt?: boolean;
  /** End the fresh swarm without a question. @default false */
  yes?: boolean;
}

/** Brings a swarm back out of a backup, on the machines of a stack's fresh cluster. */
export async function restore(options: RestoreOptions): Promise<void> {
  const { file, env, adopt = false, yes = false } = options;
  const sealed = readFileSync(file);
  const passphrase = await knownPassphrase({ env, file: options.passphraseFile });
  const backup = await step(
    "Backup",
    async () => readBackup(await unseal(sealed, passphrase, file), file),
    ({ manifest }) =>
      `swarm ${manifest.clusterId} of ${manifest.takenAt}: ${describeInventory(manifest.inventory)}`,
  );
  const swarm = await clusterMadeHere(options);
  const session = new Session();
  try {
    await cancellable(async (signal) => {
      const waiting = (progress: (text: string) => void): Waiting => ({ signal, session, progress });
      refuseForeignBackup(backup, swarm.owner, adopt);
      const target = chooseMachine(backup, swarm);
      const services = await step(
        "Look",
        (progress) => servicesOf(swarm.managers, waiting(progress)),
        (found) => `${found.length} services run in the fresh swarm; ${target.name} takes the state`,
      );
      refuseForeignServices(services, swarm.owner);
      await confirm({
        about:
          `The swarm of cluster ${swarm.cluster} ends, with its ${services.length} services. In its place comes the swarm ` +
          `of ${backup.manifest.takenAt}: what was changed later is lost.`,
        word: swarm.cluster,
        yes,
      });
      await step(
        "Fresh swarm",
        async (progress) => {
          for (const { connection } of swarm.managers) await forceLeave(connection, waiting(progress));
        },
        () => "ended",
      );
      await step(
        "State",
        (progress) => putState(target, openState(backup), waiting(progress)),
        () => `written to ${target.name}`,
      );
      await step(
        "Swarm",
        async (progress) => {
          await leadRestored(target, backup.manifest, swarm.owner, waiting(progress));
          return takeInventory(connect(target.connection, { session }), signal);
        },
        (inventory) => `${target.name} leads: ${describeInventory(inventory)}`,
      );
    });
  } finally {
    closeConnections({ session });
  }
  const flags = `${stackFlag(options)} --refresh`.trim();
  console.log(`Next: ${upCommand(flags)} makes the other machines members again.`);
}

/** Nothing where an earlier restore has ended the fresh swarm already. */
async function servicesOf(managers: readonly ManagerRef[], waiting: Waiting): Promise<Service[]> {
  try {
    return await onManager(managers, waiting, (engine) => listServices(engine, waiting.signal));
  } catch (error) {
    if (isSwarmGone(error)) return [];
    throw error;
  }
}

/** Without these the engine starts outside of any swarm, and never calls the managers that are no more. */
const LEFT_OUT = ["swarm/docker-state.json", "swarm/state.json"];

/** The state as a machine takes it that is to lead alone. */
function openState(backup: Backup): Readable {
  return stateArchive(backup, (file, data) => {
    if (LEFT_OUT.includes(file)) return undefined;
    if (file !== "swarm/certificates/swarm-node.key") return data;
    return Buffer.from(unlockedNodeKey(data.toString(), [backup.unlockKey]));
  });
}
