import type { NetworkInputs, NetworkOutputs } from "../../schema/objects";
import { shapeOf } from "../../schema/package-schema";
import { inspectNetwork } from "../../docker/networks";
import { presentNetwork } from "../../swarm/objects/network-adopt";
import { makeOverlay, removeOverlay } from "../../swarm/objects/overlay";
import { inSwarm, readInSwarm } from "../../swarm/own-swarm";
import { noteVersion } from "../../swarm/objects/wanted-versions";
import { checkNetwork } from "../../validation/objects";
import { difference } from "../difference";
import type { Handler } from "../handler";
import { ofSwarm, owned } from "../traits";

/**
 * An overlay network of the swarm. Docker changes nothing of a network in place, so every change is a new one; the former one goes after
 * the stacks have moved, in Pulumi's order of replacement.
 */
export const network: Handler<NetworkInputs, NetworkOutputs> = {
  traits: [owned, ofSwarm],

  check: (inputs) => checkNetwork(inputs),

  noted(inputs, old, within) {
    const { changes } = shapeOf("swarm:index:Network");
    if (old && difference(changes, { ...old }, { ...inputs }).replaces.length === 0)
      noteVersion({ objectId: old.networkId }, within);
  },

  async present(inputs, context) {
    const { found, name } = await inSwarm(inputs, context, (engine) =>
      presentNetwork(engine, inputs, context),
    );
    return found && { networkId: found.Id, objectName: name };
  },

  async create(inputs, context) {
    const outputs = await makeOverlay(inputs, context);
    return { id: outputs.networkId, outputs };
  },

  async read(id, state, context) {
    const found = await readInSwarm(state, context, (engine) => inspectNetwork(engine, id, context.signal));
    return found && { inputs: state, outputs: { networkId: found.Id, objectName: found.Name } };
  },

  update: async (_id, { networkId, objectName, name }) => ({ networkId, objectName: objectName ?? name }),

  delete: (id, state, context) => removeOverlay(id, state, context),
};
