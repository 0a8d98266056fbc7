import type { SwarmNodeInputs } from "../../schema/swarm";
import { forceLeave } from "./force-leave";
import { onManager } from "../managers";
import { certifiedMembership } from "../nodes/node-certificate";
import { recentNodes } from "../nodes/node-list";
import { givenName } from "../nodes/node-name";
import { inspectSwarm } from "../../docker/swarm";
import { inspectNode } from "../../docker/nodes";
import type { Context } from "../../foundation/context";

/** Whether the swarm of the program lists a node that a machine says it is. */
export async function isMember(inputs: SwarmNodeInputs, nodeId: string, context: Context): Promise<boolean> {
  const node = await onManager(inputs.managers, context, async (manager) => {
    const { ID } = await inspectSwarm(manager, context.signal);
    return ID === inputs.clusterId ? inspectNode(manager, nodeId, context.signal) : undefined;
  });
  return node !== undefined;
}

/** A machine that was there before may be at work for somebody, unless it waits for managers that went on without it. */
export async function leaveFormerSwarm(
  inputs: SwarmNodeInputs,
  nodeId: string,
  isWaiting: boolean,
  context: Context,
): Promise<void> {
  const { name, clusterId, connection, ephemeral } = inputs;
  if (!ephemeral) {
    const isOurs = (await certifiedMembership(connection, context))?.clusterId === clusterId;
    if (!isOurs || !isWaiting) {
      const where = isOurs
        ? `in swarm ${clusterId} with others, which went on beside the one that was recovered or restored`
        : `of another swarm, not of ${clusterId}`;
      throw new Error(
        `${name} is node ${nodeId} ${where}; it was left there. ` +
          "Make it leave that swarm first: docker swarm leave --force",
      );
    }
  }
  await forceLeave(connection, context);
}

/**
 * A locked machine answers nothing: a manager that was away while the others recovered without it, for one. It is no
 * member where the swarm lists none of its name; one that was there before has to have been a member of this swarm.
 */
export async function leaveLockedSwarm(inputs: SwarmNodeInputs, context: Context): Promise<void> {
  const { name, clusterId, connection, managers, ephemeral } = inputs;
  const nodes = await recentNodes(managers, context);
  const mayLeave = async () => {
    if (nodes.some((node) => givenName(node) === name)) return false;
    const former = await certifiedMembership(connection, context);
    // A member that an interrupted update has given no name yet.
    if (former && nodes.some(({ ID }) => ID === former.nodeId)) return false;
    return ephemeral || former?.clusterId === clusterId;
  };
  if (!(await mayLeave())) {
    throw new Error(
      `${name} is a locked manager, and may be one of this swarm; it was left as it is. ` +
        "Unlock it (docker swarm unlock) or make it leave its swarm (docker swarm leave --force), and run the same command again.",
    );
  }
  await forceLeave(connection, context);
}
