import { isDeepStrictEqual } from "node:util";
import { NODE_LABEL } from "../../schema/owner";
import type { NodeSettings, NodeSpecsInputs } from "../../schema/swarm";
import { drained } from "../rollout/draining";
import { onManager } from "../managers";
import { nodeReady } from "./node-ready";
import { changeNode } from "../../docker/nodes";
import type { NodeSpec, SwarmNodeInspect } from "../../docker/api/node";
import { allOf } from "../rollout/all-of";
import { drainPolicy, inTurn } from "../rollout/disruption";
import { contextOf, type Context } from "../../foundation/context";
import { unlessLost } from "./lost";
import { twinsOf } from "./twins";
import { upCommand } from "../../foundation/command-lines";

/** A member that is in reach takes each step of a change within seconds; one that is not must not hold up the update for minutes. */
const CHANGED_TIMEOUT_MS = 60_000;

/**
 * Labels and availability of nodes, in one write for each and all at once: no task lands on a node without its labels, and
 * a hundred new nodes set up the ingress network together. Only a node that goes out of service waits for its turn.
 *
 * @param nodes - the swarm's nodes, just listed.
 * @param before - what was set by the last run.
 */
export async function writeSpecs(
  inputs: NodeSpecsInputs,
  names: readonly string[],
  nodes: readonly SwarmNodeInspect[],
  before: NodeSpecsInputs["nodes"],
  context: Context,
): Promise<void> {
  const write = async (name: string) => {
    const settings = inputs.nodes[name];
    const { nodeId } = settings;
    const node = nodes.find(({ ID }) => ID === nodeId);
    if (!node)
      throw new Error(
        `${name}: the swarm lists no node ${nodeId} any more. Let it join again: ${upCommand("--refresh")}`,
      );
    const ours = { ...predecessorsLabels(name, nodeId, nodes), ...before[name]?.labels };
    const change = (spec: NodeSpec) => specOf(name, spec, settings, ours);
    if (isDeepStrictEqual(change(node.Spec), node.Spec)) return;
    const drains = settings.availability === "drain" && node.Spec.Availability !== "drain";
    const own = contextOf(name, context);
    if (drains) await drainedInTurn(name, node, inputs, own);
    const seen = drains ? undefined : node;
    await onManager(inputs.managers, own, (engine) =>
      changeNode(engine, nodeId, change, context.signal, seen),
    );
    const member = { name, nodeId, managers: inputs.managers };
    await nodeReady(member, node.Spec.Role, own, { stepMs: CHANGED_TIMEOUT_MS });
  };
  await allOf(names.map(write));
}

async function drainedInTurn(
  name: string,
  { ID: nodeId, Spec: { Role: role } }: SwarmNodeInspect,
  { clusterId, managers, disruption }: NodeSpecsInputs,
  context: Context,
): Promise<void> {
  const node = { name, nodeId, role, clusterId, managers, disruption };
  await inTurn(node, context, () =>
    unlessLost(node, context, (watched) => drained(node, drainPolicy(disruption), watched)),
  );
}

/** A manager that took its predecessor's place early did so with its labels (handover.ts). */
function predecessorsLabels(
  name: string,
  nodeId: string,
  nodes: readonly SwarmNodeInspect[],
): Record<string, string> {
  return Object.assign({}, ...twinsOf(name, nodeId, nodes).map(({ Spec }) => Spec.Labels)) as Record<
    string,
    string
  >;
}

/** A node's spec as it shall be. Labels that were never ours stay, unless the program says that only its own may. */
function specOf(
  name: string,
  spec: NodeSpec,
  { availability, labels, exclusiveLabels }: NodeSettings,
  ours: Record<string, string>,
): NodeSpec {
  const others = exclusiveLabels ? {} : (spec.Labels ?? {});
  const foreign = Object.entries(others).filter(([label]) => !(label in ours));
  return {
    ...spec,
    Availability: availability,
    Labels: { ...Object.fromEntries(foreign), ...labels, [NODE_LABEL]: name },
  };
}
