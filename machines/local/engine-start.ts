import type { ContainerConnection } from "../../schema/connection";
import { engineAnswers } from "../../docker/engine-answers";
import type { Waiting } from "../../foundation/context";
import { TransportError } from "../../transport/transport";
import { inspectContainer, logOf } from "../../docker/containers";
import { outerEngine } from "../../docker/outer";
import type { InSession } from "../../foundation/session";

/** Lines of a dead engine's log that its error shows. */
const SHOWN_LINES = 10;

/** The engine of a machine that was started answers. One that died is not awaited: how it ended is the error. */
export async function engineStarted(machine: ContainerConnection, waiting: Waiting): Promise<void> {
  try {
    await engineAnswers(machine, waiting);
  } catch (error) {
    if (!(error instanceof TransportError) || error.failure !== "stopped") throw error;
    throw (await howItEnded(machine, waiting)) ?? error;
  }
}

/** Nothing where it was stopped or removed by somebody: then the first error says it all. */
async function howItEnded(
  { container, dockerHost }: ContainerConnection,
  context: InSession,
): Promise<Error | undefined> {
  const engine = outerEngine(dockerHost, context);
  const machine = { id: container, name: container };
  const found = await inspectContainer(engine, machine);
  if (!found) return undefined;
  const log = await logOf(engine, machine, SHOWN_LINES);
  return new Error(
    `${container}: its Docker Engine ended with exit code ${found.State.ExitCode}, and no node was changed for it. ` +
      `Put the image of the nodes right and run the same command again. More: docker logs ${container}\n` +
      `Its last lines:\n${log.trimEnd()}`,
  );
}
