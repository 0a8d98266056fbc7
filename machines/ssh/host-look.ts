import type { SwarmHostInputs, SwarmHostOutputs } from "../../schema/ssh";
import { connect } from "../../docker/connect";
import type { Context } from "../../foundation/context";
import { slot, type InSession } from "../../foundation/session";
import type { HostFacts } from "../../hosts/host-facts";
import { ForeignMachine } from "../../hosts/foreign-machine";
import { look, planOf } from "../../hosts/host-setup";
import { TransportError, type Transport } from "../../transport/transport";
import { wantedFrom } from "./wanted-host";

/**
 * Tells what there is to do on a machine. Nothing is changed, and a machine that cannot be looked at is no reason to show
 * no plan at all. One of another cluster is: an update would change the others before it comes to that one.
 */
export async function tellPlan(inputs: SwarmHostInputs, context: Context): Promise<void> {
  try {
    const looked = await look(transportTo(inputs, context), wantedFrom(inputs, context), context);
    looked.warnings.forEach((text) => warnOnce(text, context));
    if (looked.todos.length > 0) context.info(planOf(looked));
  } catch (error) {
    if (context.signal.aborted || error instanceof ForeignMachine) throw error;
    context.warn(`what there is to do on it is not known: ${(error as Error).message}`);
  }
}

/**
 * What a machine is, and what there is to do on it.
 *
 * Nothing where a machine answers with another host key: it was set up anew, or somebody is in between. Either way it
 * is not talked to before the program names its key.
 */
export async function lookAtHost(state: SwarmHostInputs & SwarmHostOutputs, context: Context) {
  try {
    const wanted = wantedFrom(state, context, state.machine);
    const { facts, todos } = await look(transportTo(state, context), wanted, context);
    return { found: outputsOf(facts), todos: todos.map(({ text }) => text) };
  } catch (error) {
    if (!(error instanceof TransportError && error.failure === "changed")) throw error;
    context.warn(error.message);
    return undefined;
  }
}

/** What is true of one machine is true of fifty more often than not, and nobody reads it fifty times. */
const warned = slot(() => new Set<string>());

export function warnOnce(text: string, context: Context): void {
  const said = context.session.get(warned);
  if (said.has(text)) return;
  said.add(text);
  context.warn(`${text} (Said of one host; the others are not named.)`);
}

export function outputsOf({ machine, system, engine }: HostFacts): SwarmHostOutputs {
  return { machine, system, engineVersion: engine };
}

export function transportTo(
  { connection }: Pick<SwarmHostInputs, "connection">,
  within: InSession,
): Transport {
  return connect(connection, within).transport;
}
