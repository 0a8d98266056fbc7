import { isDeepStrictEqual } from "node:util";
import { NODE_LABEL } from "../../schema/owner";
import type { SwarmNodeInputs, SwarmNodeOutputs } from "../../schema/swarm";
import { disconnect } from "../../docker/connect";
import { heardAsWorker } from "../../swarm/membership/demotion";
import { onManager } from "../../swarm/managers";
import { nodeReady } from "../../swarm/membership/node-ready";
import { changeNode, inspectNode } from "../../docker/nodes";
import type { NodeSpec, SwarmNodeInspect } from "../../docker/api/node";
import { checkNode } from "../../validation/node";
import { inTurn, stoppingOthers } from "../../swarm/rollout/disruption";
import { noteFormerLabels } from "../../swarm/membership/former-labels";
import { PartialFailure, type Handler } from "../handler";
import type { Context } from "../../foundation/context";
import { noteConnection } from "../../swarm/network-truth/network-look";
import { noteRepaired, wasStarted } from "../../swarm/repaired";
import { asHeard, hasLeft, notReady } from "../../swarm/membership/member-drift";
import { placesTaken } from "../../swarm/membership/handover";
import { joined } from "../../swarm/membership/join";
import { leaveSafely } from "../../swarm/membership/leave";
import { hasAnotherMachine, noteMachine } from "../../swarm/membership/lost";
import { presentMember } from "../../swarm/membership/member-present";
import { memberReady } from "../../swarm/membership/member-ready";
import { outOfRaft } from "../../swarm/membership/retire";
import { noteSilent, removeSilent } from "../../swarm/nodes/silent";
import { removeDeadTwins } from "../../swarm/membership/twins";
import { noteWanted } from "../../swarm/wanted-clusters";
import { budgeted, ofSwarm, owned } from "../traits";

/** A member that is in reach takes each step of a change within seconds; one that is not must not hold up the update for minutes. */
const CHANGED_TIMEOUT_MS = 60_000;

/** One machine's membership of a swarm. It joins drained; `NodeSpecs` makes it active. */
export const swarmNode: Handler<SwarmNodeInputs, SwarmNodeOutputs> = {
  traits: [owned, ofSwarm, budgeted],
  noted(inputs, old, within) {
    noteWanted(inputs, within);
    noteConnection(inputs, within);
    noteFormerLabels(old, within);
    if (old) noteMachine(old, within);
  },

  due: (_old, inputs, within) => (wasStarted(inputs.machine, within) ? ["drift"] : []),

  check: (inputs) => checkNode(inputs),

  present: (inputs, context) => presentMember(inputs, context),
  presentWithout: ["joinToken", "machine"],

  async create(inputs, context) {
    await noteSilent(inputs, context);
    await placesTaken(inputs, context);
    let nodeId = await stoppingOthers(inputs, context, () => joined(inputs, context));
    try {
      const node = await stoppingOthers(inputs, context, () => memberReady(nodeId, inputs, context));
      nodeId = node.ID;
      if (hasAnotherMachine({ ...inputs, nodeId }, context)) noteRepaired(inputs, context);
      noteMachine({ ...inputs, nodeId }, context);
      // It was a member before, of a swarm that was taken over.
      if (node.ManagerStatus && inputs.role === "worker") await demotedInTurn(node, inputs, context);
      await applySpec(node, inputs, context);
      await removeSilent(inputs, context);
      await removeDeadTwins(inputs, nodeId, context);
    } catch (error) {
      throw new PartialFailure(nodeId, { nodeId }, error as Error);
    }
    return { id: nodeId, outputs: { nodeId } };
  },

  async read(_id, state, context) {
    noteMachine(state, context);
    const node = await onManager(state.managers, context, (engine) =>
      inspectNode(engine, state.nodeId, context.signal),
    );
    if (!node || (await hasLeft(node, state, context))) return undefined;
    const seen = await asHeard(node, state, context);
    return {
      inputs: { ...state, role: seen.Spec.Role, drift: notReady(seen) },
      outputs: { nodeId: state.nodeId },
    };
  },

  async update(_id, old, inputs, context) {
    const { nodeId } = old;
    // A manager that comes or goes may have lost its tasks on the way: its engine was restarted to unlock it, or it was silent.
    if (old.drift || old.role !== inputs.role) noteRepaired(inputs, context);
    const node = await onManager(inputs.managers, context, (engine) =>
      inspectNode(engine, nodeId, context.signal),
    );
    if (node?.ManagerStatus && inputs.role === "worker") await demotedInTurn(node, inputs, context);
    await onManager(inputs.managers, context, (engine) =>
      changeNode(engine, nodeId, (spec) => specOf(spec, inputs), context.signal),
    );
    await nodeReady({ ...inputs, nodeId }, inputs.role, context, { stepMs: CHANGED_TIMEOUT_MS });
    await removeDeadTwins(inputs, nodeId, context);
    return { nodeId };
  },

  async delete(_id, state, context) {
    await leaveSafely(state, context);
    disconnect(state.connection, context);
  },
};

/** A vote is taken from the swarm in its turn and with the numbers of the moment. */
async function demotedInTurn(
  node: SwarmNodeInspect,
  inputs: SwarmNodeInputs,
  context: Context,
): Promise<void> {
  const disrupted = { ...inputs, nodeId: node.ID, role: node.Spec.Role };
  await inTurn(disrupted, context, async () => {
    await outOfRaft(node, disrupted, context);
    await heardAsWorker(disrupted, context);
  });
}

/** The role, and the name: it tells a successor of the node whose place it takes. */
async function applySpec(node: SwarmNodeInspect, inputs: SwarmNodeInputs, context: Context): Promise<void> {
  const change = (spec: NodeSpec) => specOf(spec, inputs);
  if (isDeepStrictEqual(change(node.Spec), node.Spec)) return;
  await onManager(inputs.managers, context, (engine) =>
    changeNode(engine, node.ID, change, context.signal, node),
  );
}

function specOf(spec: NodeSpec, { name, role }: SwarmNodeInputs): NodeSpec {
  return { ...spec, Role: role, Labels: { ...spec.Labels, [NODE_LABEL]: name } };
}
