import type { ManagerRef } from "../contract/connection";
import { machineControl, type MachineControl } from "../transport/machine-control";
import { engineAnswers, type Waiting } from "./conditions";
import { disconnect } from "./connect";
import { unlocked } from "./unlock";

/**
 * Does something to a manager's files while its engine is stopped. The engine is started again whatever happens, a
 * cancellation included, and unlocked where autolock is on.
 */
export async function whileStopped<T>(
  { connection }: ManagerRef,
  unlockKey: string,
  waiting: Waiting,
  work: (machine: MachineControl) => Promise<T>,
): Promise<T> {
  const machine = machineControl(connection);
  try {
    await stop(machine, connection, waiting);
    return await work(machine);
  } finally {
    await start(machine, connection, waiting);
    await unlocked(connection, unlockKey, unstoppable(waiting));
  }
}

/** Stops an engine and forgets the connections to it. */
export async function stop(
  machine: MachineControl,
  connection: ManagerRef["connection"],
  waiting: Waiting,
): Promise<void> {
  waiting.progress("stopping the engine");
  await machine.stopEngine();
  disconnect(connection);
}

/** Starts an engine and waits until it answers. Never left halfway: a stopped manager is worse than a late Ctrl-C. */
export async function start(
  machine: MachineControl,
  connection: ManagerRef["connection"],
  waiting: Waiting,
): Promise<void> {
  waiting.progress("starting the engine");
  await machine.startEngine();
  disconnect(connection);
  await engineAnswers(connection, unstoppable(waiting));
}

function unstoppable(waiting: Waiting): Waiting {
  return { ...waiting, signal: new AbortController().signal };
}
