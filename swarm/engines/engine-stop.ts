import type { ManagerRef } from "../../schema/connection";
import { machineControl } from "../../docker/controls";
import type { MachineControl } from "../../transport/machine-control";
import { engineAnswers } from "../../docker/engine-answers";
import type { Waiting } from "../../foundation/context";
import { connect, disconnect } from "../../docker/connect";
import { unlocked } from "./unlock-engine";
import { SWARM_COMMAND } from "../../foundation/command-lines";

/**
 * Does something to a manager's files while its engine is stopped. The engine is started again whatever happens, a
 * cancellation included, and unlocked where autolock is on.
 */
export function whileStopped<T>(
  manager: ManagerRef,
  unlockKey: string,
  waiting: Waiting,
  work: (machine: MachineControl) => Promise<T>,
): Promise<T> {
  const unlock = () => unlockAgain(manager, unlockKey, unstoppable(waiting));
  return whileEngineStopped(manager.connection, waiting, work, unlock);
}

/**
 * The same with an engine of which nobody knows whether it is locked.
 *
 * @param started - what follows its start. @default nothing
 */
export async function whileEngineStopped<T>(
  connection: ManagerRef["connection"],
  waiting: Waiting,
  work: (machine: MachineControl) => Promise<T>,
  started: () => Promise<void> = () => Promise.resolve(),
): Promise<T> {
  const machine = machineControl(connection, waiting);
  try {
    await stop(machine, connection, waiting);
    return await work(machine);
  } finally {
    await start(machine, connection, waiting);
    await started();
  }
}

/** Stops an engine and forgets the connections to it. */
async function stop(
  machine: MachineControl,
  connection: ManagerRef["connection"],
  waiting: Waiting,
): Promise<void> {
  waiting.progress("stopping the engine");
  await machine.stopEngine();
  disconnect(connection, waiting);
}

/** Starts an engine and waits until it answers. Never left halfway: a stopped manager is worse than a late Ctrl-C. */
async function start(
  machine: MachineControl,
  connection: ManagerRef["connection"],
  waiting: Waiting,
): Promise<void> {
  waiting.progress("starting the engine");
  await machine.startEngine();
  disconnect(connection, waiting);
  await engineAnswers(connection, unstoppable(waiting));
}

async function unlockAgain(
  { name, connection }: ManagerRef,
  unlockKey: string,
  waiting: Waiting,
): Promise<void> {
  const engine = connect(connection, waiting);
  if ((await engine.swarmState(waiting.signal)) !== "locked") return;
  waiting.progress("unlocking the manager");
  if (await unlocked(engine, [unlockKey].filter(Boolean), waiting)) return;
  throw new Error(
    `${name}: it runs again and is locked, and the swarm's unlock key does not fit: the key was rotated meanwhile. Unlock it: ${SWARM_COMMAND} unlock`,
  );
}

function unstoppable(waiting: Waiting): Waiting {
  return { ...waiting, signal: new AbortController().signal };
}
