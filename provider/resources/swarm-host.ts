import type { SwarmHostInputs, SwarmHostOutputs } from "../../schema/ssh";
import { engineAnswers } from "../../docker/engine-answers";
import { connect, disconnect } from "../../docker/connect";
import type { Facts } from "../../hosts/facts";
import { ForeignMachine } from "../../hosts/foreign-machine";
import { HostError } from "../../hosts/host-error";
import { cleanUp, factsOf, look, planOf, setUp } from "../../hosts/setup";
import { checkSwarmHost } from "../../validation/ssh";
import { TransportError, type Transport } from "../../transport/transport";
import { onceBooted } from "../../machines/ssh/booting";
import { PartialFailure, type Handler } from "../handler";
import type { Context } from "../../foundation/context";
import { closeToRemoved, isInUse, noteHost, noteInUse, withLeaving } from "../../machines/ssh/peers";
import { openFormer, withFormer } from "../../machines/ssh/former-peers";
import { restartInTurn } from "../../machines/ssh/restart";
import { wantedFrom } from "../../machines/ssh/wanted-host";
import { slot, type InSession } from "../../foundation/session";
import { owned } from "../traits";
import { hasUnknown } from "../values";

type State = SwarmHostInputs & SwarmHostOutputs;

/** A machine that is there already, made ready to be a node: engine, clock, kernel, firewall. */
export const swarmHost: Handler<SwarmHostInputs, SwarmHostOutputs> = {
  traits: [owned],
  // Behind another host key there may be another machine.
  renewed: (changed) => [
    ...(changed.some((field) => ["hostKey", "known"].includes(field))
      ? (["machine", "system"] as const)
      : []),
    ...(changed.includes("engine") ? (["engineVersion"] as const) : []),
  ],
  noted(inputs, old, within) {
    // Asked by Pulumi what a server would take along that cannot be there twice.
    if (!hasUnknown(inputs)) noteHost(inputs, old, within);
  },
  check: (inputs) => checkSwarmHost(inputs),

  /**
   * Nothing is changed, and a machine that cannot be looked at is no reason to show no plan at all. One of another
   * cluster is: an update would change the others before it comes to that one.
   */
  async previewed(inputs, context) {
    try {
      const looked = await look(transportTo(inputs, context), wantedFrom(inputs, context), context);
      looked.warnings.forEach((text) => warnOnce(text, context));
      if (looked.todos.length > 0) context.info(planOf(looked));
    } catch (error) {
      if (context.signal.aborted || error instanceof ForeignMachine) throw error;
      context.warn(`what there is to do on it is not known: ${(error as Error).message}`);
    }
  },

  async create(inputs, context) {
    const { name, bootTimeout } = inputs;
    if (bootTimeout)
      await onceBooted({ host: name, bootTimeout }, context, () =>
        transportTo(inputs, context).run(["true"], { signal: context.signal }),
      );
    try {
      const outputs = await made(inputs, { nodes: withFormer(inputs, context) }, context);
      await openFormer(inputs, outputs, context);
      return { id: outputs.machine, outputs };
    } catch (error) {
      throw await withMachine(inputs, error as Error, context);
    }
  },

  async read(_id, state, context) {
    const looked = await lookAgain(state, context);
    if (!looked) return { inputs: { ...state, known: false }, outputs: {} as SwarmHostOutputs };
    const { facts, todos } = looked;
    const known = facts.machine === state.machine;
    return {
      inputs: { ...state, known, drift: todos.length > 0 ? todos.map(({ text }) => text) : undefined },
      outputs: known ? outputsOf(facts) : { ...outputsOf(facts), machine: state.machine },
    };
  },

  /** A node that is going leaves the swarm after this, so until it has left the ports stay open to it. */
  update: (_id, { nodes, machine }, inputs, context) =>
    made(inputs, { nodes: withLeaving(nodes, inputs, context), machine }, context),

  async delete(_id, state, context) {
    await closeToRemoved(state, context);
    if (isInUse(state, context)) return;
    try {
      // Another machine at the address of one that is gone has its own resource.
      await cleanUp(
        transportTo(state, context),
        state.machine,
        wantedFrom(state, context, state.machine),
        context,
      );
    } catch (error) {
      if (error instanceof ForeignMachine) context.warn(`what was set up on it stays: ${error.message}`);
      else if (error instanceof TransportError)
        context.warn(`what was set up on it stays, as it could not be reached: ${error.message}`);
      else throw error;
    }
    disconnect(state.connection, context);
  },
};

async function made(
  inputs: SwarmHostInputs,
  { nodes, machine }: Pick<SwarmHostInputs, "nodes"> & Partial<SwarmHostOutputs>,
  context: Context,
): Promise<SwarmHostOutputs> {
  const warn = (text: string) => warnOnce(text, context);
  const facts = await setUp(
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

/** What is true of one machine is true of fifty more often than not, and nobody reads it fifty times. */
const warned = slot(() => new Set<string>());

function warnOnce(text: string, context: Context): void {
  const said = context.session.get(warned);
  if (said.has(text)) return;
  said.add(text);
  context.warn(`${text} (Said of one host; the others are not named.)`);
}

/** A setup that got part of the way is kept in the state, so that a destroy takes that part back. */
async function withMachine(inputs: SwarmHostInputs, cause: Error, context: Context): Promise<Error> {
  if (!(cause instanceof HostError)) return cause;
  try {
    const outputs = outputsOf(await factsOf(transportTo(inputs, context), context));
    return outputs.machine ? new PartialFailure(outputs.machine, outputs, cause) : cause;
  } catch {
    return cause;
  }
}

/**
 * Nothing where a machine answers with another host key: it was set up anew, or somebody is in between. Either way it
 * is not talked to before the program names its key.
 */
async function lookAgain(state: State, context: Context) {
  try {
    return await look(transportTo(state, context), wantedFrom(state, context, state.machine), context);
  } catch (error) {
    if (!(error instanceof TransportError && error.failure === "changed")) throw error;
    context.warn(error.message);
    return undefined;
  }
}

function outputsOf({ machine, system, engine }: Facts): SwarmHostOutputs {
  return { machine, system, engineVersion: engine };
}

function transportTo({ connection }: Pick<State, "connection">, context: InSession): Transport {
  return connect(connection, context).transport;
}
