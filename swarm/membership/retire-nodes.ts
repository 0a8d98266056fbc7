import type { NodeSpecsInputs } from "../../schema/swarm";
import { isSwarmGone, onManager } from "../managers";
import { nodeName } from "../nodes/node-name";
import { changeNode, listNodes, tasksOn } from "../../docker/nodes";
import type { SwarmNodeInspect } from "../../docker/api/node";
import { waitFor, WaitTimeout } from "../../foundation/wait";
import { allOf } from "../rollout/all-of";
import { drainPolicy } from "../rollout/disruption";
import { contextOf, type Context, showPending } from "../../foundation/context";
import { inOrder } from "./handover";
import { retire } from "./retire";
import { retireTwin, twinsOf } from "./twins";
import { whoTookOver } from "../own-swarm";
import { isWanted } from "../wanted-clusters";

const DRAIN_TIMEOUT_MS = 300_000;

/**
 * Takes votes and tasks from predecessors of the cluster's nodes, and from nodes that the program has no more: each in
 * its turn. So a node that leaves is drained before the commands of its own are undone, which Pulumi does at the end of
 * the update, and before it leaves.
 */
export async function retireOthers(
  inputs: NodeSpecsInputs,
  nodes: readonly SwarmNodeInspect[],
  before: NodeSpecsInputs["nodes"],
  context: Context,
): Promise<void> {
  const stay = new Set(Object.values(inputs.nodes).map(({ nodeId }) => nodeId));
  const former = new Set(Object.values(before).map(({ nodeId }) => nodeId));
  const twins = new Set(
    Object.entries(inputs.nodes).flatMap(([name, { nodeId }]) => twinsOf(name, nodeId, nodes)),
  );
  const going = nodes
    .filter((node) => !stay.has(node.ID) && (former.has(node.ID) || twins.has(node)))
    .map((predecessor) => ({ predecessor }));
  const step = async ({ predecessor: node }: { predecessor: SwarmNodeInspect }) => {
    const name = nodeName(node);
    const own = contextOf(name, context);
    if (twins.has(node)) return retireTwin(node, inputs, own);
    await retire(node, { ...inputs, name, nodeId: node.ID }, own);
  };
  const managers = await inOrder(
    going.filter(({ predecessor }) => predecessor.ManagerStatus),
    inputs,
    context,
  );
  const oneByOne = async () => {
    for (const manager of managers) await step(manager);
  };
  const workers = going.filter(({ predecessor }) => !predecessor.ManagerStatus);
  await allOf([oneByOne(), ...workers.map(step)]);
}

/**
 * Where a whole cluster goes and its machines stay, tasks end before the commands of the nodes are undone. None of them
 * has another place, so all nodes are drained at once, and none waits for another.
 */
export async function drainedWithCluster(state: NodeSpecsInputs, context: Context): Promise<void> {
  const { clusterId, managers, nodes, ephemeral, disruption } = state;
  if (ephemeral || isWanted(clusterId, context)) return;
  const theirs = await whoTookOver(state, context);
  if (theirs) return context.warn(`its nodes stay in service: the swarm belongs to ${theirs}.`);
  const ids = Object.values(nodes).map(({ nodeId }) => nodeId);
  const tasks = () =>
    onManager(managers, context, async (engine) => {
      const [live, listed] = await Promise.all([
        tasksOn(engine, ids, context.signal),
        listNodes(engine, context.signal),
      ]);
      // Those of a dead machine never end.
      const down = listed.filter(({ Status }) => Status.State === "down").map(({ ID }) => ID);
      return live.filter(({ NodeID }) => NodeID !== undefined && !down.includes(NodeID));
    });
  try {
    const busy = [...new Set((await tasks()).map(({ NodeID }) => NodeID))];
    if (busy.length === 0) return;
    context.progress(`draining ${busy.length} nodes`);
    // A task that ends would begin again on a node that has none yet.
    await Promise.all(
      ids.map((id) =>
        onManager(managers, context, (engine) =>
          changeNode(engine, id, (spec) => ({ ...spec, Availability: "drain" }), context.signal),
        ),
      ),
    );
    await waitFor<void>(
      {
        name: "no task is left on them",
        on: "nodes",
        intervalMs: 500,
        timeoutMs: drainPolicy(disruption).timeoutMs ?? DRAIN_TIMEOUT_MS,
        signal: context.signal,
        onPending: showPending(context, "draining"),
      },
      async () => {
        const { length } = await tasks();
        return length > 0 ? { pending: `${length} tasks left` } : { done: undefined };
      },
    );
  } catch (error) {
    if (isSwarmGone(error)) return;
    if (!(error instanceof WaitTimeout)) throw error;
    context.warn(`${error.message} The cluster goes all the same.`);
  }
}
