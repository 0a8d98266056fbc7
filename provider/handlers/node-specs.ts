import type { NodeSpecsInputs } from "../../schema/swarm";
import { drainedWithCluster } from "../../swarm/membership/retire-nodes";
import { settle, settleAgain } from "../../swarm/membership/settle";
import { seenSpecs } from "../../swarm/membership/specs-seen";
import { checkNodeSpecs } from "../../validation/node";
import { PartialFailure, keepingMade, type Handler } from "../handler";
import { budgeted, ofSwarm, owned } from "../traits";

/**
 * Labels and availability of a cluster's nodes: what makes members take tasks, or stops them. One resource for all of
 * them, because a node may move between pools, and because it comes after every join and every command that follows one.
 */
export const nodeSpecs: Handler<NodeSpecsInputs, object> = {
  traits: [owned, ofSwarm, budgeted],
  check: (inputs) => checkNodeSpecs(inputs),

  async create(inputs, context) {
    try {
      await settle(inputs, context);
    } catch (error) {
      throw new PartialFailure(inputs.clusterId, {}, error as Error);
    }
    return { id: inputs.clusterId, outputs: {} };
  },

  async read(_id, state, context) {
    const nodes = await seenSpecs(state, context);
    return nodes && { inputs: { ...state, nodes }, outputs: {} };
  },

  async update(id, old, inputs, context) {
    await keepingMade(settleAgain(old.nodes, inputs, context), id);
    return {};
  },

  delete: (_id, state, context) => drainedWithCluster(state, context),
};
