import { NODE_LABEL } from "../../schema/owner";
import type { SwarmNodeInputs } from "../../schema/swarm";
import { demoted } from "./demotion";
import { forceLeave } from "./force-leave";
import { onManager } from "../managers";
import { removed } from "../nodes/standing";
import { recentNodes } from "../nodes/node-list";
import { nodeReady, NotInRaft } from "./node-ready";
import { changeNode, inspectNode } from "../../docker/nodes";
import type { SwarmNodeInspect } from "../../docker/api/node";
import type { Context } from "../../foundation/context";
import { joined } from "./join";

/**
 * Longer than swarmkit needs where it mends this by itself: up to 35 s for a request to join raft, and 32 s until a manager
 * that finds itself out of raft asks again (raft.go, joinCluster; node.go, superviseManager).
 */
const OUT_OF_RAFT_MS = 75_000;
const MOST_JOINS = 3;

/**
 * A machine that is a member is Ready, and as a manager Reachable. A new one that stays outside of the managers' raft group
 * joins again, as another node: nothing mends it otherwise (a demotion is refused: "can't find manager in raft memberlist").
 *
 * @returns the node, which may be another one than was given.
 */
export async function memberReady(
  nodeId: string,
  inputs: SwarmNodeInputs,
  context: Context,
): Promise<SwarmNodeInspect> {
  let member = { ...inputs, nodeId };
  if (inputs.role === "manager") await promoted(member, context);
  for (let join = 1; ; join++) {
    const mayJoinAgain = inputs.role === "manager" && join < MOST_JOINS;
    try {
      return await nodeReady(
        member,
        inputs.role,
        context,
        mayJoinAgain ? { outOfRaftMs: OUT_OF_RAFT_MS } : {},
      );
    } catch (error) {
      if (!(error instanceof NotInRaft)) throw error;
      if (!isNew(error.node)) return nodeReady(member, inputs.role, context);
      context.warn(`${error.message} It leaves and joins again.`);
      await forgotten(member, context);
      member = { ...inputs, nodeId: await joined(inputs, context) };
    }
  }
}

/** A member from before may be a worker; nobody would make it a manager while its being one is waited for. */
async function promoted(member: SwarmNodeInputs & { nodeId: string }, context: Context): Promise<void> {
  const nodes = await recentNodes(member.managers, context);
  const node = nodes.find(({ ID }) => ID === member.nodeId);
  if (node?.Spec.Role !== "worker") return;
  context.progress("promoting it");
  await onManager(member.managers, context, (engine) =>
    changeNode(engine, member.nodeId, (spec) => ({ ...spec, Role: "manager" }), context.signal),
  );
}

/** No task was ever given to it, and no vote counts on it: it is drained until it gets its name as a label. */
function isNew({ Spec }: SwarmNodeInspect): boolean {
  return Spec.Availability === "drain" && !Spec.Labels?.[NODE_LABEL];
}

async function forgotten(member: SwarmNodeInputs & { nodeId: string }, context: Context): Promise<void> {
  await forceLeave(member.connection, context);
  const left = await onManager(member.managers, context, (engine) =>
    inspectNode(engine, member.nodeId, context.signal),
  );
  // It got in at the last moment: out again, so that its vote is not missed.
  if (left?.ManagerStatus) await demoted(member, context);
  await removed(member, context);
}
