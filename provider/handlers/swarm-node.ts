import type { SwarmNodeInputs, SwarmNodeOutputs } from "../../schema/swarm";
import { disconnect } from "../../docker/connect";
import { inspectNode } from "../../docker/nodes";
import { onManager } from "../../swarm/managers";
import { becomeMember, noteMember } from "../../swarm/membership/become-member";
import { changeMember } from "../../swarm/membership/change-member";
import { leaveSafely } from "../../swarm/membership/leave";
import { noteMachine } from "../../swarm/membership/lost";
import { asHeard, hasLeft, notReady } from "../../swarm/membership/member-drift";
import { presentMember } from "../../swarm/membership/member-present";
import { wasStarted } from "../../swarm/repaired";
import { checkNode } from "../../validation/node";
import { keepingMade, type Handler } from "../handler";
import { budgeted, ofSwarm, owned, protective } from "../traits";

/** One machine's membership of a swarm. It joins drained; `NodeSpecs` makes it active. */
export const swarmNode: Handler<SwarmNodeInputs, SwarmNodeOutputs> = {
  traits: [owned, ofSwarm, budgeted, protective],
  noted: noteMember,

  due: (_old, inputs, within) => (wasStarted(inputs.machine, within) ? ["drift"] : []),

  check: (inputs) => checkNode(inputs),

  present: (inputs, context) => presentMember(inputs, context),
  presentWithout: ["joinToken", "machine"],

  async create(inputs, context) {
    const outputs = await keepingMade(becomeMember(inputs, context), ({ nodeId }) => nodeId);
    return { id: outputs.nodeId, outputs };
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
    await changeMember(old, inputs, context);
    return { nodeId: old.nodeId };
  },

  async delete(_id, state, context) {
    await leaveSafely(state, context);
    disconnect(state.connection, context);
  },
};
