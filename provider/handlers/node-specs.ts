import type { NodeSpecsInputs } from "../../schema/swarm";
import { drainedWithCluster } from "../../swarm/membership/retire-nodes";
import { settle, settleAgain } from "../../swarm/membership/settle";
import { guardLeaving } from "../../swarm/membership/guard-leaving";
import { seenSpecs } from "../../swarm/membership/specs-seen";
import { checkNodeSpecs } from "../../validation/node";
import { PartialFailure, keepingMade, type Handler } from "../handler";
import { budgeted, ofSwarm, owned, protective } from "../traits";

/**
 * Labels and availability of a cluster's nodes: what makes members take tasks, or stops them. One resource for all of
 * them, because a node may move between pools, and because it comes after every join and every command that follows one.
 */
export const nodeSpecs: Handler<NodeSpecsInputs, object> = {
  traits: [owned, ofSwarm, budgeted, protective],
  check: (inputs) => checkNodeSpecs(inputs),

  previewedUpdate: (old, inputs, context) => guardLeaving(old, inputs.nodes, context),

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
    await guardLeaving(old, inputs.nodes, context);
    await keepingMade(settleAgain(old.nodes, inputs, context), id);
    return {};
  },

  delete: (_id, state, context) => drainedWithCluster(state, context),
};
