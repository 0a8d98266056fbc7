import { describeOwner } from "../../schema/owner";
import type { SwarmInputs, SwarmOutputs } from "../../schema/swarm";
import { connect } from "../../docker/connect";
import { nodeName } from "../nodes/node-name";
import { listNodes } from "../../docker/nodes";
import type { Context } from "../../foundation/context";
import { isOurs } from "../../docker/ownership";
import { survey, type Survey } from "./find-swarm";
import { hasInitSettings, refuseToDissolve } from "./init";

/** In a preview: the swarm that the machines are in already, as far as it stays what it is. */
export async function presentSwarm(
  inputs: SwarmInputs,
  context: Context,
): Promise<Partial<SwarmOutputs> | undefined> {
  const { swarm } = await survey(inputs, context);
  if (!swarm) return undefined;
  const { found } = swarm;
  if (!hasInitSettings(found, inputs)) {
    refuseToDissolve(found, inputs);
    return undefined;
  }
  await tellOfAdoption(swarm, inputs, context);
  return { clusterId: found.ID, createdAt: found.CreatedAt, caCertificate: found.TLSInfo.TrustRoot };
}

/** Says which swarm of somebody else is taken over, and with which nodes. */
export async function tellOfAdoption(
  { found, manager }: NonNullable<Survey["swarm"]>,
  { owner, adopt }: SwarmInputs,
  context: Context,
): Promise<void> {
  const { ID, Spec } = found;
  if (!adopt || isOurs(owner, Spec.Labels, context)) return;
  const nodes = await listNodes(connect(manager.connection, context), context.signal);
  const listed = nodes.map((node) => `${nodeName(node)} (${node.Spec.Role})`).sort();
  context.info(
    `takes over swarm ${ID} with ${listed.join(", ")}, which belongs to ${describeOwner(Spec.Labels)}`,
  );
}
