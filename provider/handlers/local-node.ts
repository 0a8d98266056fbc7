import type { LocalNodeInputs, LocalNodeOutputs } from "../../schema/local";
import { changeMachine, findMachine, makeMachine, removeMachine } from "../../machines/local/node-machine";
import type { Handler } from "../handler";
import { owned } from "../traits";

/** A machine of a local cluster: a container with a Docker Engine inside, and its volume. */
export const localNode: Handler<LocalNodeInputs, LocalNodeOutputs> = {
  traits: [owned],

  async create(inputs, context) {
    const outputs = await makeMachine(inputs, context);
    return { id: outputs.container, outputs };
  },

  // A state from before there were sockets says nothing of one, and so would all previews.
  due: (old) => (typeof old.socket === "string" ? [] : ["running"]),
  read: (_id, state, context) => findMachine(state, context),
  update: (_id, old, inputs, context) => changeMachine(old, inputs, context),
  delete: (_id, state, context) => removeMachine(state, context),
};
