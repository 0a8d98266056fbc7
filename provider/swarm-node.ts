import { isDeepStrictEqual } from "node:util";
import type { SwarmNodeInputs, SwarmNodeOutputs } from "../contract/swarm";
import { connect } from "../engine/connect";
import { onManager } from "../engine/managers";
import { nodeReady } from "../engine/membership";
import { changeNode, inspectNode } from "../engine/swarm-nodes";
import type { NodeSpec } from "../engine/swarm-types";
import { checkNode } from "../validation/node";
import { PartialFailure, type Context, type Handler } from "./handler";
import { joined } from "./swarm-node-join";
import { leaveSafely } from "./swarm-node-leave";

/** One machine's membership of a swarm. */
export const swarmNode: Handler<SwarmNodeInputs, SwarmNodeOutputs> = {
  fields: {
    clusterId: "replace",
    machine: "replace",
    name: "replace",
    listenAddr: "replace",
    advertiseAddr: "replace",
    dataPathAddr: "replace",
    role: "update",
    availability: "update",
    labels: "update",
    managers: "connection",
    connection: "connection",
    joinToken: "connection",
    ephemeral: "connection",
  },
  outputs: ["nodeId"],
  secrets: ["joinToken"],
  deleteBeforeReplace: true,

  check: (inputs) => checkNode(inputs),

  async create(inputs, context) {
    const nodeId = await joined(inputs, context);
    try {
      const node = await nodeReady({ ...inputs, nodeId }, inputs.role, context);
      const wanted = specOf(node.Spec, inputs, {});
      if (!isDeepStrictEqual(wanted, node.Spec)) await applySpec(nodeId, inputs, {}, context);
    } catch (error) {
      throw new PartialFailure(nodeId, { nodeId }, error as Error);
    }
    return { id: nodeId, outputs: { nodeId } };
  },

  async read(_id, state, context) {
    const node = await onManager(state.managers, context, (engine) =>
      inspectNode(engine, state.nodeId, context.signal),
    );
    if (!node) return undefined;
    const labels = Object.fromEntries(
      Object.entries(node.Spec.Labels ?? {}).filter(([name]) => name in state.labels),
    );
    const { Role: role, Availability: availability } = node.Spec;
    return { inputs: { ...state, role, availability, labels }, outputs: { nodeId: state.nodeId } };
  },

  async update(_id, old, inputs, context) {
    await applySpec(old.nodeId, inputs, old.labels, context);
    await nodeReady({ ...inputs, nodeId: old.nodeId }, inputs.role, context);
    return { nodeId: old.nodeId };
  },

  async delete(_id, state, context) {
    await leaveSafely(state, context);
    connect(state.connection).close();
  },
};

/** Role, labels and availability in one write. */
async function applySpec(
  nodeId: string,
  inputs: SwarmNodeInputs,
  oldLabels: Record<string, string>,
  context: Context,
): Promise<void> {
  await onManager(inputs.managers, context, (engine) =>
    changeNode(engine, nodeId, (spec) => specOf(spec, inputs, oldLabels), context.signal),
  );
}

/** A node's spec as it shall be. Labels that were never ours stay. */
function specOf(spec: NodeSpec, inputs: SwarmNodeInputs, oldLabels: Record<string, string>): NodeSpec {
  const foreign = Object.entries(spec.Labels ?? {}).filter(([name]) => !(name in oldLabels));
  return {
    ...spec,
    Role: inputs.role,
    Availability: inputs.availability,
    Labels: { ...Object.fromEntries(foreign), ...inputs.labels },
  };
}
