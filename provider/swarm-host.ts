import type { SwarmHostInputs, SwarmHostOutputs } from "../contract/ssh";
import { engineAnswers } from "../engine/conditions";
import { connect, disconnect } from "../engine/connect";
import type { Facts } from "../hosts/facts";
import { cleanUp, look, machineOf, setUp } from "../hosts/setup";
import { TransportError, type Transport } from "../transport/transport";
import type { Context, Handler } from "./handler";
import { closeToRemoved, noteHost } from "./swarm-host-peers";
import { wantedFrom } from "./swarm-host-wanted";

type State = SwarmHostInputs & SwarmHostOutputs;

/** A machine that is there already, made ready to be a node: engine, clock, kernel, firewall. */
export const swarmHost: Handler<SwarmHostInputs, SwarmHostOutputs> = {
  fields: {
    owner: "replace",
    name: "connection",
    connection: "connection",
    hostKey: "update",
    nodes: "update",
    dataPathPort: "update",
    engine: "update",
    time: "update",
    firewall: "update",
    kernel: "update",
    purge: "connection",
    drift: "update",
    known: "update",
  },
  outputs: ["machine", "system", "engineVersion"],
  // Behind another host key there may be another machine.
  renewed: (changed) => [
    ...(changed.some((field) => ["hostKey", "known"].includes(field))
      ? (["machine", "system"] as const)
      : []),
    ...(changed.includes("engine") ? (["engineVersion"] as const) : []),
  ],
  noted: noteHost,

  async create(inputs, context) {
    const outputs = await made(inputs, inputs.nodes, context);
    return { id: outputs.machine, outputs };
  },

  async read(_id, state, context) {
    const { facts, todos } = await look(transportTo(state), wantedFrom(state), context);
    const known = facts.machine === state.machine;
    return {
      inputs: { ...state, known, drift: todos.length > 0 ? todos.map(({ text }) => text) : undefined },
      outputs: known ? outputsOf(facts) : { ...outputsOf(facts), machine: state.machine },
    };
  },

  /** A node that is going leaves the swarm after this, so until it has left the ports stay open to it. */
  update: (_id, old, inputs, context) => made(inputs, [...new Set([...old.nodes, ...inputs.nodes])], context),

  async delete(_id, state, context) {
    await closeToRemoved(state, context);
    try {
      // Another machine at the address of one that is gone has its own resource.
      if ((await machineOf(transportTo(state), context)) === state.machine)
        await cleanUp(transportTo(state), wantedFrom(state), context);
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      context.warn(`what was set up on it stays, as it could not be reached: ${error.message}`);
    }
    disconnect(state.connection);
  },
};

async function made(inputs: SwarmHostInputs, nodes: string[], context: Context): Promise<SwarmHostOutputs> {
  const facts = await setUp(transportTo(inputs), wantedFrom({ ...inputs, nodes }), context, () =>
    engineAnswers(inputs.connection, context),
  );
  return outputsOf(facts);
}

function outputsOf({ machine, system, engine }: Facts): SwarmHostOutputs {
  return { machine, system, engineVersion: engine };
}

function transportTo({ connection }: Pick<State, "connection">): Transport {
  return connect(connection).transport;
}
