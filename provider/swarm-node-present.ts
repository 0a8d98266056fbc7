import type { SwarmNodeInputs, SwarmNodeOutputs } from "../contract/swarm";
import { connect } from "../engine/connect";
import { info } from "../engine/swarm-nodes";
import type { Context } from "./handler";
import { isMember } from "./swarm-node-former";

/** In a preview: which member a machine is already. */
export async function presentMember(
  inputs: SwarmNodeInputs,
  context: Context,
): Promise<SwarmNodeOutputs | undefined> {
  const { Swarm } = await info(connect(inputs.connection, context), context.signal);
  const { NodeID: nodeId } = Swarm;
  if (Swarm.LocalNodeState !== "active" || !(await isMember(inputs, nodeId, context))) return undefined;
  context.info(`it is a member already (node ID ${nodeId}), and stays one`);
  return { nodeId };
}
