import { isDeepStrictEqual } from "node:util";
import type { NodeSpecsInputs } from "../../schema/swarm";
import type { SwarmNodeInspect } from "../../docker/api/node";
import { SWARM_COMMAND } from "../../foundation/command-lines";
import type { Context } from "../../foundation/context";
import { Unfinished } from "../../foundation/unfinished";
import { NoManager } from "../managers";
import { warnOfNetworks } from "../network-truth/network-look";
import { globalServicesRunOn } from "../rollout/global-services";
import { rebalanceUneven } from "../rollout/rebalance";
import { formerLabels } from "./former-labels";
import { retireOthers } from "./retire-nodes";
import { halfway, membersOf } from "./specs-seen";
import { writeSpecs } from "./write-specs";

type Nodes = NodeSpecsInputs["nodes"];

/** Gives members their labels and availability, which makes them take tasks. */
export function settle(inputs: NodeSpecsInputs, context: Context): Promise<void> {
  const before = Object.entries(inputs.nodes).map(([name, node]) => [
    name,
    { ...node, labels: formerLabels(node.nodeId, context) },
  ]);
  return apply(inputs, Object.fromEntries(before) as Nodes, Object.keys(inputs.nodes), false, context);
}

/**
 * The same for members that were settled before: those that differ get what is wanted now, and those that are none of the
 * cluster any more go out of service.
 *
 * @throws Unfinished with the settings that the nodes have by then.
 */
export async function settleAgain(old: Nodes, inputs: NodeSpecsInputs, context: Context): Promise<void> {
  const names = Object.keys(inputs.nodes);
  const changed = names.filter((name) => !isDeepStrictEqual(old[name], inputs.nodes[name]));
  const vanished = Object.keys(old).some((name) => !(name in inputs.nodes));
  try {
    // Without any difference it is the rest of a run that failed.
    const isRest = changed.length === 0 && !vanished;
    await apply(inputs, old, isRest ? names : changed, isRest, context);
  } catch (error) {
    // Without a manager that answers nothing is known, and nothing was changed that the next run does not find.
    if (error instanceof NoManager) throw error;
    throw new Unfinished({ nodes: await halfway(old, inputs, context) }, error as Error);
  }
}

/** Gives the named nodes what the program wants, and then takes out of service whom they replace and who leaves. */
async function apply(
  inputs: NodeSpecsInputs,
  before: Nodes,
  names: readonly string[],
  isRest: boolean,
  context: Context,
): Promise<void> {
  const nodes = await membersOf(inputs, context);
  await writeSpecs(inputs, names, nodes, before, context);
  await retireOthers(inputs, nodes, before, context);
  const active = becameActive(inputs, names, nodes);
  await inService(inputs, active, context);
  if (inputs.rebalance && (active.length > 0 || isRest)) await rebalanceUneven(inputs.managers, context);
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
