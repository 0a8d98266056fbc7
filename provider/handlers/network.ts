import type { NetworkInputs, NetworkOutputs } from "../../schema/objects";
import { inspectNetwork } from "../../docker/networks";
import { presentNetwork } from "../../swarm/objects/network-adopt";
import { makeOverlay, removeOverlay } from "../../swarm/objects/overlay";
import { inSwarm, readInSwarm } from "../../swarm/own-swarm";
import { checkNetwork } from "../../validation/objects";
import type { Handler } from "../handler";
import { ofSwarm, owned } from "../traits";

/** An overlay network of the swarm. Docker changes nothing of a network in place, so every change replaces it. */
export const network: Handler<NetworkInputs, NetworkOutputs> = {
  traits: [owned, ofSwarm],
  deleteBeforeReplace: true,

  check: (inputs) => checkNetwork(inputs),

  async present(inputs, context) {
    const found = await inSwarm(inputs, context, (engine) => presentNetwork(engine, inputs, context));
    // One of ours is about to be replaced by another.
    return found?.isForeign ? { networkId: found.Id } : undefined;
  },

  async create(inputs, context) {
    const outputs = await makeOverlay(inputs, context);
    return { id: outputs.networkId, outputs };
  },

  async read(id, state, context) {
    const found = await readInSwarm(state, context, (engine) => inspectNetwork(engine, id, context.signal));
    return found && { inputs: state, outputs: { networkId: found.Id } };
  },

  update: async (_id, { networkId }) => ({ networkId }),

  delete: (id, state, context) => removeOverlay(id, state, context),
};
