import type { SwarmHostInputs, SwarmHostOutputs } from "../../schema/ssh";
import { prepareAgain, prepareHost, releaseHost } from "../../machines/ssh/host";
import { lookAtHost, tellPlan } from "../../machines/ssh/host-look";
import { noteHost } from "../../machines/ssh/peers";
import { checkSwarmHost } from "../../validation/ssh";
import { keepingMade, type Handler } from "../handler";
import { owned } from "../traits";
import { hasUnknown } from "../values";

/** A machine that is there already, made ready to be a node. */
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

  previewed: (inputs, context) => tellPlan(inputs, context),

  async create(inputs, context) {
    const outputs = await keepingMade(prepareHost(inputs, context), ({ machine }) => machine);
    return { id: outputs.machine, outputs };
  },

  async read(_id, state, context) {
    const looked = await lookAtHost(state, context);
    if (!looked) return { inputs: { ...state, known: false }, outputs: {} as SwarmHostOutputs };
    const { found, todos } = looked;
    const known = found.machine === state.machine;
    const drift = todos.length > 0 ? todos : undefined;
    return { inputs: { ...state, known, drift }, outputs: { ...found, machine: state.machine } };
  },

  update: (_id, old, inputs, context) => prepareAgain(old, inputs, context),

  delete: (_id, state, context) => releaseHost(state, context),
};
