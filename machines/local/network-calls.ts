import type Docker from "dockerode";
import { ifPresent, onOuterEngine } from "../../docker/outer";
import type { InSession } from "../../foundation/session";
import type { LocalNetworkInputs, LocalNetworkOutputs } from "../../schema/local";
import { ownerLabels } from "../../schema/owner";

/** On a network that only told which range is free; its addresses cannot be chosen. */
const PROBE_LABEL = "pulumi-swarm.probe";

/** What others have to know of a network. */
export function known(network: Docker.NetworkInspectInfo): LocalNetworkOutputs {
  return { networkId: network.Id, range: network.IPAM?.Config?.[0]?.Subnet ?? "" };
}

/** An interrupted run may have left the probe, or a network with another range. */
export function isWanted(existing: Docker.NetworkInspectInfo, { subnet }: LocalNetworkInputs): boolean {
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
): Promise<Docker.NetworkInspectInfo> {
  if (inputs.subnet) return create(inputs, context, inputs.subnet);
  const probe = await create(inputs, context, undefined, { [PROBE_LABEL]: "true" });
  await onOuterEngine(inputs.dockerHost, context, `fix the range of network ${inputs.name}`, (docker) =>
    docker.getNetwork(probe.Id).remove(),
  );
  return create(inputs, context, known(probe).range);
}

async function create(
  inputs: LocalNetworkInputs,
  context: InSession,
  subnet?: string,
  labels: Record<string, string> = {},
): Promise<Docker.NetworkInspectInfo> {
  return onOuterEngine(inputs.dockerHost, context, `create network ${inputs.name}`, async (docker) => {
    const network = await docker.createNetwork({
      Name: inputs.name,
      Driver: "bridge",
      CheckDuplicate: true,
      Labels: ownerLabels(inputs.owner, labels),
      ...(subnet ? { IPAM: { Config: [{ Subnet: subnet }] } } : {}),
    });
    return (await docker.getNetwork(network.id).inspect()) as Docker.NetworkInspectInfo;
  });
}

/** Nothing where there is none of that name or ID. */
export function inspectNetwork(
  { name, dockerHost }: LocalNetworkInputs,
  nameOrId: string,
  context: InSession,
): Promise<Docker.NetworkInspectInfo | undefined> {
  return ifPresent(
    onOuterEngine(
      dockerHost,
      context,
      `inspect network ${name}`,
      (docker) => docker.getNetwork(nameOrId).inspect() as Promise<Docker.NetworkInspectInfo>,
    ),
  );
}

/** What is gone already is fine. */
export async function deleteNetwork(
  { name, dockerHost }: LocalNetworkInputs,
  networkId: string,
  context: InSession,
): Promise<void> {
  await ifPresent(
    onOuterEngine(dockerHost, context, `remove network ${name}`, (docker) =>
      docker.getNetwork(networkId).remove(),
    ),
  );
}
