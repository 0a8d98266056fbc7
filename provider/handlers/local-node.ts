import type { LocalNodeInputs, LocalNodeOutputs } from "../../schema/local";
import { leaveDisks } from "../../machines/local/disk-removal";
import { noteMachineWanted, tellWhatGoes } from "../../machines/local/last-machines";
import { changeMachine, findMachine, makeMachine, removeMachine } from "../../machines/local/node-machine";
import type { Handler } from "../handler";
import { owned } from "../traits";

/** A machine of a local cluster: a container with a Docker Engine inside, its volume, and disks that outlive it. */
export const localNode: Handler<LocalNodeInputs, LocalNodeOutputs> = {
  traits: [owned],
  noted: (inputs, _old, within) => noteMachineWanted(inputs, within),

  async create(inputs, context) {
    const outputs = await makeMachine(inputs, context);
    return { id: outputs.container, outputs };
  },

  // A state from before there were sockets says nothing of one, and so would all previews.
  due: (old) => (typeof old.socket === "string" ? [] : ["running"]),
  read: (_id, state, context) => findMachine(state, context),
  update: (_id, old, inputs, context) => changeMachine(old, inputs, context),
  async delete(_id, state, context) {
    await tellWhatGoes(state, context);
    await removeMachine(state, context);
    await leaveDisks(state, context);
  },
};
