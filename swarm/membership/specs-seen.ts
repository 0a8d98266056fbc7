import { NODE_LABEL } from "../../schema/owner";
import type { NodeSettings, NodeSpecsInputs } from "../../schema/swarm";
import type { SwarmNodeInspect } from "../../docker/api/node";
import { listNodes } from "../../docker/nodes";
import type { Context } from "../../foundation/context";
import { onManager } from "../managers";

type Nodes = NodeSpecsInputs["nodes"];

export function membersOf(
  { managers }: Pick<NodeSpecsInputs, "managers">,
  context: Context,
): Promise<SwarmNodeInspect[]> {
  return onManager(managers, context, (engine) => listNodes(engine, context.signal));
}

/** The nodes as they are; nothing where none of them is a member. */
export async function seenSpecs(state: NodeSpecsInputs, context: Context): Promise<Nodes | undefined> {
  const listed = await membersOf(state, context);
  const isListed = ({ nodeId }: NodeSettings) => listed.some(({ ID }) => ID === nodeId);
  return Object.values(state.nodes).some(isListed) ? actual(state.nodes, listed) : undefined;
}

/** What a change that failed leaves behind, so that the next run takes it up: old and new labels are ours. */
export async function halfway(old: Nodes, inputs: NodeSpecsInputs, context: Context): Promise<Nodes> {
  const both = { ...old };
  for (const [name, node] of Object.entries(inputs.nodes)) {
    const { nodeId, labels } = old[name] ?? node;
    both[name] = { ...node, nodeId, labels: { ...labels, ...node.labels } };
  }
  return actual(both, await membersOf(inputs, context).catch(() => []));
}

/** Membership is not judged here: a node that is not listed stays as it was. */
function actual(nodes: Nodes, listed: readonly SwarmNodeInspect[]): Nodes {
  const seen = Object.entries(nodes).map(([name, settings]): [string, NodeSettings] => {
    const spec = listed.find(({ ID }) => ID === settings.nodeId)?.Spec;
    if (!spec) return [name, settings];
    const { [NODE_LABEL]: _name, ...present } = spec.Labels ?? {};
    const labels = Object.entries(present).filter(
      ([label]) => label in settings.labels || settings.exclusiveLabels,
    );
    return [name, { ...settings, availability: spec.Availability, labels: Object.fromEntries(labels) }];
  });
  return Object.fromEntries(seen);
}
