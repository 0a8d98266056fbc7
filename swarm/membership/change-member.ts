import { isDeepStrictEqual } from "node:util";
import { NODE_LABEL } from "../../schema/owner";
import type { SwarmNodeInputs, SwarmNodeOutputs } from "../../schema/swarm";
import type { NodeSpec, SwarmNodeInspect } from "../../docker/api/node";
import { changeNode, inspectNode } from "../../docker/nodes";
import type { Context } from "../../foundation/context";
import { onManager } from "../managers";
import { noteRepaired } from "../repaired";
import { inTurn } from "../rollout/disruption";
import { heardAsWorker } from "./demotion";
import { nodeReady } from "./node-ready";
import { outOfRaft } from "./retire";
import { removeDeadTwins } from "./twins";

type State = SwarmNodeInputs & SwarmNodeOutputs;

/** A member that is in reach takes each step of a change within seconds; one that is not must not hold up the update for minutes. */
const CHANGED_TIMEOUT_MS = 60_000;

/** Gives a member its role, and waits until it is Ready in it. */
export async function changeMember(old: State, inputs: SwarmNodeInputs, context: Context): Promise<void> {
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
}

/** A vote is taken from the swarm in its turn and with the numbers of the moment. */
export async function demotedInTurn(
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
export async function writeRole(
  node: SwarmNodeInspect,
  inputs: SwarmNodeInputs,
  context: Context,
): Promise<void> {
  const change = (spec: NodeSpec) => specOf(spec, inputs);
  if (isDeepStrictEqual(change(node.Spec), node.Spec)) return;
  await onManager(inputs.managers, context, (engine) =>
    changeNode(engine, node.ID, change, context.signal, node),
  );
}

function specOf(spec: NodeSpec, { name, role }: SwarmNodeInputs): NodeSpec {
  return { ...spec, Role: role, Labels: { ...spec.Labels, [NODE_LABEL]: name } };
}
