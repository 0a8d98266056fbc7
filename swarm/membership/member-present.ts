import type { SwarmNodeInputs, SwarmNodeOutputs } from "../../schema/swarm";
import { connect } from "../../docker/connect";
import { info } from "../../docker/nodes";
import type { Context } from "../../foundation/context";
import { isMember } from "./former-member";

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
