import type { Waiting } from "../foundation/context";
import { closeConnections, connect } from "../docker/connect";
import { leadAlone, leaveOthers, openKey, refuseWithQuorum } from "../swarm/recovery/recover";
import { describeInventory, takeInventory } from "../docker/contents";
import { isLocked, unlockedNodeKey } from "../swarm/keys/node-key";
import { bestSurvivor, lookAtManagers } from "../swarm/recovery/survivors";
import { confirm } from "./confirm";
import { consequences, survivorTable } from "./recover-view";
import { keysOfState } from "./unlock-keys";
import { clusterMadeHere } from "./recorded-cluster";
import { stackFlag, type Target } from "./stack-state";
import { cancellable, step } from "./steps";
import { SWARM_COMMAND, upCommand } from "../foundation/command-lines";
import { Session } from "../foundation/session";

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
        async (progress) => {
          await leadAlone(best.manager, best.files, waiting(progress));
          const engine = connect(best.manager.connection, { session });
          return describeInventory(await takeInventory(engine, signal));
        },
        (inventory) => `${best.manager.name} leads: ${inventory}`,
      );
    });
  } finally {
    closeConnections({ session });
  }
  const flags = `${stackFlag(target)} --refresh`.trim();
  console.log(`Next: ${upCommand(flags)} brings the managers back to their number.`);
}
