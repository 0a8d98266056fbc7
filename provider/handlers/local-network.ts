import type { LocalNetworkInputs, LocalNetworkOutputs } from "../../schema/local";
import {
  findNetwork,
  makeNetwork,
  refuseForeignNetwork,
  removeNetwork,
} from "../../machines/local/node-network";
import type { Handler } from "../handler";
import { owned } from "../traits";

/** The bridge network that the nodes of a local cluster share. */
export const localNetwork: Handler<LocalNetworkInputs, LocalNetworkOutputs> = {
  traits: [owned],
  deleteBeforeReplace: true,

  /** Before an update has begun: whoever has the name already would be in the way of everything else. */
  async previewed(inputs, context) {
    await refuseForeignNetwork(inputs, context);
  },

  async create(inputs, context) {
    const outputs = await makeNetwork(inputs, context);
    return { id: outputs.networkId, outputs };
  },

  async read(_id, state, context) {
    const outputs = await findNetwork(state, context);
    return outputs && { inputs: state, outputs };
  },

  update: async (_id, { networkId, range }) => ({ networkId, range }),

  delete: (_id, state, context) => removeNetwork(state, context),
};
