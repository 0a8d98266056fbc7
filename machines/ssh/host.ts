import type { SwarmHostInputs, SwarmHostOutputs } from "../../schema/ssh";
import { disconnect } from "../../docker/connect";
import { engineAnswers } from "../../docker/engine-answers";
import type { Context } from "../../foundation/context";
import { Unfinished } from "../../foundation/unfinished";
import { ForeignMachine } from "../../hosts/foreign-machine";
import { HostError } from "../../hosts/host-error";
import { cleanUp, factsOf, setUpHost } from "../../hosts/host-setup";
import { TransportError } from "../../transport/transport";
import { onceBooted } from "./booting";
import { openFormer, withFormer } from "./former-peers";
import { outputsOf, transportTo, warnOnce } from "./host-look";
import { closeToRemoved, isInUse, noteInUse, withLeaving } from "./peers";
import { restartInTurn } from "./restart";
import { wantedFrom } from "./wanted-host";

type State = SwarmHostInputs & SwarmHostOutputs;

/**
 * Makes a machine ready to be a node, once it has booted: engine, clock, kernel, firewall.
 *
 * @throws Unfinished where the setup got part of the way, so that it can be taken back.
 */
export async function prepareHost(inputs: SwarmHostInputs, context: Context): Promise<SwarmHostOutputs> {
  const { name, bootTimeout } = inputs;
  if (bootTimeout)
    await onceBooted({ host: name, bootTimeout }, context, () =>
      transportTo(inputs, context).run(["true"], { signal: context.signal }),
    );
  try {
    const outputs = await made(inputs, { nodes: withFormer(inputs, context) }, context);
    await openFormer(inputs, outputs, context);
    return outputs;
  } catch (error) {
    throw await withMachine(inputs, error as Error, context);
  }
}

/** The same for a machine that was prepared. A node that is going leaves the swarm later, so until then ports stay open to it. */
export async function prepareAgain(
  { nodes, machine, volumes }: State,
  inputs: SwarmHostInputs,
  context: Context,
): Promise<SwarmHostOutputs> {
  const outputs = await made(inputs, { nodes: withLeaving(nodes, inputs, context), machine }, context);
  tellFolders(volumes, inputs.volumes, context);
  return outputs;
}

/** Takes back what was set up on a machine, and closes the others to it. */
export async function releaseHost(state: State, context: Context): Promise<void> {
  await closeToRemoved(state, context);
  if (isInUse(state, context)) return;
  try {
    // Another machine at the address of one that is gone has its own resource.
    const wanted = wantedFrom(state, context, state.machine);
    await cleanUp(transportTo(state, context), state.machine, wanted, context);
  } catch (error) {
    if (error instanceof ForeignMachine) context.warn(`what was set up on it stays: ${error.message}`);
    else if (error instanceof TransportError)
      context.warn(`what was set up on it stays, as it could not be reached: ${error.message}`);
    else throw error;
  }
  tellFolders(state.volumes, {}, context);
  disconnect(state.connection, context);
}

/** Folders whose files nobody asks for any more stay. */
function tellFolders(
  former: SwarmHostInputs["volumes"] = {},
  wanted: SwarmHostInputs["volumes"] = {},
  context: Context,
): void {
  for (const [volume, folder] of Object.entries(former)) {
    if (wanted[volume] !== folder)
      context.warn(
        `the files of its volume ${volume} stay in ${folder}. To delete them, remove that folder there.`,
      );
  }
}

async function made(
  inputs: SwarmHostInputs,
  { nodes, machine }: Pick<SwarmHostInputs, "nodes"> & Partial<SwarmHostOutputs>,
  context: Context,
): Promise<SwarmHostOutputs> {
  const warn = (text: string) => warnOnce(text, context);
  const facts = await setUpHost(
    transportTo(inputs, context),
    wantedFrom({ ...inputs, nodes }, context, machine),
    { ...context, warn },
    {
      answers: () => engineAnswers(inputs.connection, context),
      restarting: (step) => restartInTurn(inputs, context, step),
    },
  );
  noteInUse(facts, context);
  return outputsOf(facts);
}

async function withMachine(inputs: SwarmHostInputs, cause: Error, context: Context): Promise<Error> {
  if (!(cause instanceof HostError)) return cause;
  try {
    const outputs = outputsOf(await factsOf(transportTo(inputs, context), context));
    return outputs.machine ? new Unfinished(outputs, cause) : cause;
  } catch {
    return cause;
  }
}
