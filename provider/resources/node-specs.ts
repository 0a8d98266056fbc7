import { isDeepStrictEqual } from "node:util";
import { NODE_LABEL } from "../../schema/owner";
import type { NodeSettings, NodeSpecsInputs } from "../../schema/swarm";
import { globalServicesRunOn } from "../../swarm/rollout/global-services";
import { NoManager, onManager } from "../../swarm/managers";
import { listNodes } from "../../docker/nodes";
import type { SwarmNodeInspect } from "../../docker/api/node";
import { checkNodeSpecs } from "../../validation/node";
import { formerLabels } from "../../swarm/membership/former-labels";
import { PartialFailure, type Handler } from "../handler";
import type { Context } from "../../foundation/context";
import { drainedWithCluster, retireOthers } from "../../swarm/membership/retire-nodes";
import { writeSpecs } from "../../swarm/membership/write-specs";
import { warnOfNetworks } from "../../swarm/network-truth/network-look";
import { SWARM_COMMAND } from "../../foundation/command-lines";
import { budgeted, ofSwarm, owned } from "../traits";

type Nodes = NodeSpecsInputs["nodes"];

/**
 * Labels and availability of a cluster's nodes: what makes members take tasks, or stops them. One resource for all of
 * them, because a node may move between pools, and because it comes after every join and every command that follows one.
 */
export const nodeSpecs: Handler<NodeSpecsInputs, object> = {
  traits: [owned, ofSwarm, budgeted],
  check: (inputs) => checkNodeSpecs(inputs),

  async create(inputs, context) {
    const { clusterId, nodes } = inputs;
    const before = Object.entries(nodes).map(([name, node]) => [
      name,
      { ...node, labels: formerLabels(node.nodeId, context) },
    ]);
    try {
      await apply(inputs, Object.fromEntries(before) as Nodes, Object.keys(nodes), context);
    } catch (error) {
      throw new PartialFailure(clusterId, {}, error as Error);
    }
    return { id: clusterId, outputs: {} };
  },

  async read(_id, state, context) {
    const listed = await list(state, context);
    const isListed = ({ nodeId }: NodeSettings) => listed.some(({ ID }) => ID === nodeId);
    if (!Object.values(state.nodes).some(isListed)) return undefined;
    return { inputs: { ...state, nodes: actual(state.nodes, listed) }, outputs: {} };
  },

  async update(id, old, inputs, context) {
    const names = Object.keys(inputs.nodes);
    const changed = names.filter((name) => !isDeepStrictEqual(old.nodes[name], inputs.nodes[name]));
    const vanished = Object.keys(old.nodes).some((name) => !(name in inputs.nodes));
    try {
      // Without any difference it is the rest of a run that failed.
      await apply(inputs, old.nodes, changed.length > 0 || vanished ? changed : names, context);
    } catch (error) {
      // Without a manager that answers nothing is known, and nothing was changed that the next run does not find.
      if (error instanceof NoManager) throw error;
      throw new PartialFailure(id, { nodes: await halfway(old.nodes, inputs, context) }, error as Error);
    }
    return {};
  },

  async delete(_id, state, context) {
    await drainedWithCluster(state, context);
  },
};

/** Gives the named nodes what the program wants, and then takes out of service whom they replace and who leaves. */
async function apply(
  inputs: NodeSpecsInputs,
  before: Nodes,
  names: readonly string[],
  context: Context,
): Promise<void> {
  const nodes = await list(inputs, context);
  await writeSpecs(inputs, names, nodes, before, context);
  await retireOthers(inputs, nodes, before, context);
  await inService(inputs, becameActive(inputs, names, nodes), context);
  const moved = movedNodes(inputs, names, nodes, before);
  if (moved.length > 0) await warnOfNetworks(inputs, moved, context);
}

/** Nodes that came, went or changed their availability: where tasks have moved, and word of it has to arrive everywhere. */
function movedNodes(
  { nodes: wanted }: NodeSpecsInputs,
  names: readonly string[],
  seen: readonly SwarmNodeInspect[],
  before: Nodes,
): string[] {
  const isOther = (name: string) => {
    const { nodeId, availability } = wanted[name];
    return seen.some(({ ID, Spec }) => ID === nodeId && Spec.Availability !== availability);
  };
  const gone = Object.keys(before).filter((name) => before[name].nodeId !== wanted[name]?.nodeId);
  return [...new Set([...names.filter(isOther), ...gone])];
}

function becameActive(
  { nodes: wanted }: NodeSpecsInputs,
  names: readonly string[],
  seen: SwarmNodeInspect[],
) {
  return names
    .map((name) => wanted[name])
    .filter(({ availability }) => availability === "active")
    .map(({ nodeId }) => nodeId)
    .filter((id) => seen.some(({ ID, Spec }) => ID === id && Spec.Availability !== "active"));
}

/** A global service that does not start is no fault of the nodes: its stack says why, here it is only told. */
async function inService(
  { managers }: NodeSpecsInputs,
  nodeIds: readonly string[],
  context: Context,
): Promise<void> {
  if (nodeIds.length === 0) return;
  const lacking = await globalServicesRunOn(nodeIds, managers, context);
  if (lacking.length === 0) return;
  context.warn(
    `tasks of global services do not run yet on nodes that became active: ${lacking.join(", ")}. ` +
      `Look at them: ${SWARM_COMMAND} docker service ps SERVICE`,
  );
}

function list({ managers }: NodeSpecsInputs, context: Context): Promise<SwarmNodeInspect[]> {
  return onManager(managers, context, (engine) => listNodes(engine, context.signal));
}

/** The nodes as they are. Membership is not judged here: one that is not listed stays as it was. */
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

/** What a change that failed leaves behind, so that the next run takes it up: old and new labels are ours. */
async function halfway(old: Nodes, inputs: NodeSpecsInputs, context: Context): Promise<Nodes> {
  const both = { ...old };
  for (const [name, node] of Object.entries(inputs.nodes)) {
    const { nodeId, labels } = old[name] ?? node;
    both[name] = { ...node, nodeId, labels: { ...labels, ...node.labels } };
  }
  return actual(both, await list(inputs, context).catch(() => []));
}
