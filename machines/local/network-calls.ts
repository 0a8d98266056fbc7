import type { NetworkInspect } from "../../docker/api/network";
import { createNetwork, deleteNetwork as removeNetwork, inspectEngineNetwork } from "../../docker/networks";
import { outerEngine } from "../../docker/outer";
import type { InSession } from "../../foundation/session";
import type { LocalNetworkInputs, LocalNetworkOutputs } from "../../schema/local";
import { ownerLabels } from "../../schema/owner";

/** On a network that only told which range is free; its addresses cannot be chosen. */
const PROBE_LABEL = "pulumi-swarm.probe";

/** What others have to know of a network. */
export function known(network: NetworkInspect): LocalNetworkOutputs {
  return { networkId: network.Id, range: network.IPAM?.Config?.[0]?.Subnet ?? "" };
}

/** An interrupted run may have left the probe, or a network with another range. */
export function isWanted(existing: NetworkInspect, { subnet }: LocalNetworkInputs): boolean {
  if (existing.Labels?.[PROBE_LABEL]) return false;
  return subnet === undefined || subnet === known(existing).range;
}

/**
 * The nodes need addresses that survive a restart, and Docker gives fixed addresses only in networks whose range
 * was chosen by the user. So Docker is asked for a free range first, and that range is then chosen.
 */
export async function createWithFixedRange(
  inputs: LocalNetworkInputs,
  context: InSession,
): Promise<NetworkInspect> {
  if (inputs.subnet) return create(inputs, context, inputs.subnet);
  const probe = await create(inputs, context, undefined, { [PROBE_LABEL]: "true" });
  await deleteNetwork(inputs, probe.Id, context);
  return create(inputs, context, known(probe).range);
}

async function create(
  inputs: LocalNetworkInputs,
  context: InSession,
  subnet?: string,
  labels: Record<string, string> = {},
): Promise<NetworkInspect> {
  const engine = outerEngine(inputs.dockerHost, context);
  const id = await createNetwork(engine, {
    Name: inputs.name,
    Driver: "bridge",
    CheckDuplicate: true,
    Labels: ownerLabels(inputs.owner, labels),
    ...(subnet ? { IPAM: { Config: [{ Subnet: subnet }] } } : {}),
  });
  const made = await inspectEngineNetwork(engine, id);
  if (!made)
    throw new Error(`The network ${inputs.name} was made, and is gone already. Run the same command again.`);
  return made;
}

/** Nothing where there is none of that name or ID. */
export function inspectNetwork(
  { dockerHost }: LocalNetworkInputs,
  nameOrId: string,
  context: InSession,
): Promise<NetworkInspect | undefined> {
  return inspectEngineNetwork(outerEngine(dockerHost, context), nameOrId);
}

/** What is gone already is fine. */
export function deleteNetwork(
  { name, dockerHost }: LocalNetworkInputs,
  networkId: string,
  context: InSession,
): Promise<void> {
  return removeNetwork(outerEngine(dockerHost, context), { id: networkId, name });
}
