import { isDeepStrictEqual } from "node:util";
import { NODE_LABEL } from "../contract/owner";
import type { SwarmNodeInputs, SwarmNodeOutputs } from "../contract/swarm";
import { connect, disconnect } from "../engine/connect";
import { onManager } from "../engine/managers";
import { drained } from "../engine/draining";
import { nodeReady } from "../engine/membership";
import { changeNode, inspectNode } from "../engine/swarm-nodes";
import type { NodeSpec, SwarmNodeInspect } from "../engine/swarm-types";
import { TransportError } from "../transport/transport";
import { checkNode } from "../validation/node";
import { drainPolicy, inTurn, stoppingOthers } from "./disruption";
import { PartialFailure, type Context, type Handler } from "./handler";
import { joined } from "./swarm-node-join";
import { leaveSafely } from "./swarm-node-leave";
import { outOfRaft } from "./swarm-node-retire";
import { noteSilent, removeSilent } from "./swarm-node-silent";
import { retireTwins } from "./swarm-node-twins";
import { noteWanted } from "./wanted-clusters";

/** A member that is in reach takes each step of a change within seconds; one that is not must not hold up the update for minutes. */
const CHANGED_TIMEOUT_MS = 60_000;

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
    exclusiveLabels: "update",
    disruption: "connection",
    managers: "connection",
    connection: "connection",
    joinToken: "connection",
    ephemeral: "connection",
  },
  outputs: ["nodeId"],
  secrets: ["joinToken"],
  noted: noteWanted,

  check: (inputs) => checkNode(inputs),

  async create(inputs, context) {
    await noteSilent(inputs, context);
    const nodeId = await stoppingOthers(inputs, () => joined(inputs, context));
    try {
      const node = await stoppingOthers(inputs, () => nodeReady({ ...inputs, nodeId }, inputs.role, context));
      const wanted = specOf(node.Spec, inputs, {});
      if (!isDeepStrictEqual(wanted, node.Spec)) await applySpec(nodeId, inputs, {}, context);
      await removeSilent(inputs, context);
      await retireTwins(inputs, nodeId, context);
    } catch (error) {
      throw new PartialFailure(nodeId, { nodeId }, error as Error);
    }
    return { id: nodeId, outputs: { nodeId } };
  },

  async read(_id, state, context) {
    const node = await onManager(state.managers, context, (engine) =>
      inspectNode(engine, state.nodeId, context.signal),
    );
    if (!node || (await hasLeft(node, state, context))) return undefined;
    const { [NODE_LABEL]: _name, ...present } = node.Spec.Labels ?? {};
    const labels = Object.fromEntries(
      Object.entries(present).filter(([name]) => name in state.labels || state.exclusiveLabels),
    );
    const { Role: role, Availability: availability } = node.Spec;
    return { inputs: { ...state, role, availability, labels }, outputs: { nodeId: state.nodeId } };
  },

  async update(_id, old, inputs, context) {
    const { nodeId } = old;
    await outOfService(nodeId, inputs, context);
    await applySpec(nodeId, inputs, old.labels, context);
    await nodeReady({ ...inputs, nodeId }, inputs.role, context, CHANGED_TIMEOUT_MS);
    await retireTwins(inputs, nodeId, context);
    return { nodeId };
  },

  async delete(_id, state, context) {
    await leaveSafely(state, context);
    disconnect(state.connection);
  },
};

/** The managers list a node that left as Down for ever; only its own engine knows that it is no member any more. */
async function hasLeft(node: SwarmNodeInspect, state: SwarmNodeInputs, context: Context): Promise<boolean> {
  if (node.Status.State === "ready") return false;
  try {
    return (await connect(state.connection).swarmState(context.signal)) === "inactive";
  } catch (error) {
    if (error instanceof TransportError) return false;
    throw error;
  }
}

/** What a change takes from the swarm, a vote or a place for tasks, it takes in its turn and with the numbers of the moment. */
async function outOfService(nodeId: string, inputs: SwarmNodeInputs, context: Context): Promise<void> {
  const node = await onManager(inputs.managers, context, (engine) =>
    inspectNode(engine, nodeId, context.signal),
  );
  const demotes = node?.ManagerStatus !== undefined && inputs.role === "worker";
  const drains = node?.Spec.Availability !== "drain" && inputs.availability === "drain";
  if (!node || !(demotes || drains)) return;
  const disrupted = { ...inputs, nodeId, role: node.Spec.Role };
  await inTurn(disrupted, context, async () => {
    if (demotes) await outOfRaft(node, disrupted, context);
    if (drains) await drained(disrupted, drainPolicy(inputs.disruption), context);
  });
}

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

/** A node's spec as it shall be. Labels that were never ours stay, unless the program says that only its own may. */
function specOf(spec: NodeSpec, inputs: SwarmNodeInputs, oldLabels: Record<string, string>): NodeSpec {
  const others = inputs.exclusiveLabels ? {} : (spec.Labels ?? {});
  const foreign = Object.entries(others).filter(([name]) => !(name in oldLabels));
  return {
    ...spec,
    Role: inputs.role,
    Availability: inputs.availability,
    Labels: { ...Object.fromEntries(foreign), ...inputs.labels, [NODE_LABEL]: inputs.name },
  };
}
