import type Docker from "dockerode";
import type { LocalNetworkInputs, LocalNetworkOutputs } from "../../schema/local";
import { identityOf, isStillOwnedBy, ownerLabels } from "../../schema/owner";
import { checkPoolsClear } from "../../validation/address-pools";
import { removeLeftovers } from "../../machines/local/leftovers";
import { showPending } from "../../foundation/context";
import { isEngineError } from "../../docker/errors";
import { waitFor } from "../../foundation/wait";
import type { Handler } from "../handler";
import { removeSockets } from "../../machines/local/node-socket";
import { ifPresent, onOuterEngine } from "../../docker/outer";
import { refuseForeign } from "../../docker/ownership";
import { noteMade } from "../../machines/local/made-network";
import type { InSession } from "../../foundation/session";
import { owned } from "../traits";

/** On a network that only told which range is free; its addresses cannot be chosen. */
const PROBE_LABEL = "pulumi-swarm.probe";

const REMOVE_TIMEOUT_MS = 30_000;

type State = LocalNetworkInputs & LocalNetworkOutputs;

/** The bridge network that the nodes of a local cluster share. */
export const localNetwork: Handler<LocalNetworkInputs, LocalNetworkOutputs> = {
  traits: [owned],
  deleteBeforeReplace: true,

  /** Before an update has begun: whoever has the name already would be in the way of everything else. */
  async previewed(inputs, context) {
    const existing = await inspect(inputs, inputs.name, context);
    if (existing) refuseForeign(`The network "${inputs.name}"`, existing.Labels, inputs.owner, context);
  },

  async create(inputs, context) {
    const existing = await inspect(inputs, inputs.name, context);
    if (existing) {
      refuseForeign(`The network "${inputs.name}"`, existing.Labels, inputs.owner, context);
      if (isWanted(existing, inputs)) {
        noteMade(existing.Id, context);
        return { id: existing.Id, outputs: outputsOf(existing) };
      }
      await remove({ ...inputs, ...outputsOf(existing) }, context);
    }
    const network = await makeWithFixedRange(inputs, context);
    const outputs = outputsOf(network);
    const problems = checkPoolsClear(inputs.defaultAddrPool, outputs.range, []);
    if (problems.length > 0) {
      await remove({ ...inputs, ...outputs }, context);
      throw new Error(problems.map(({ where, text }) => `${where}: ${text}`).join("\n"));
    }
    noteMade(network.Id, context);
    return { id: network.Id, outputs };
  },

  async read(_id, state, context) {
    const found = await inspect(state, state.networkId, context);
    return found && isStillOwnedBy(state.owner, found.Labels)
      ? { inputs: state, outputs: outputsOf(found) }
      : undefined;
  },

  async update(_id, old) {
    return { networkId: old.networkId, range: old.range };
  },

  async delete(_id, state, context) {
    const found = await inspect(state, state.networkId, context);
    await removeSockets(state.owner);
    if (!found || !isStillOwnedBy(state.owner, found.Labels)) return;
    await removeLeftovers(state, identityOf(found.Labels) === undefined, context);
    await waitFor(
      {
        name: "no container is attached to it",
        on: `network ${state.name}`,
        intervalMs: 300,
        timeoutMs: REMOVE_TIMEOUT_MS,
        signal: context.signal,
        onPending: showPending(context, "removing"),
        remedy:
          `Detach what \`docker network inspect ${state.name}\` lists: docker network disconnect --force ${state.name} CONTAINER. ` +
          "Where it lists nothing, that engine has lost count: restart it, and run the same command again.",
      },
      async () => {
        try {
          await remove(state, context);
          return { done: undefined };
        } catch (error) {
          // The engine lets go of a removed container's address a moment after the container.
          if (isEngineError(error, "in-use")) return { pending: error.answer };
          throw error;
        }
      },
    );
  },
};

/**
 * The nodes need addresses that survive a restart, and Docker gives fixed addresses only in networks whose range
 * was chosen by the user. So Docker is asked for a free range first, and that range is then chosen.
 */
async function makeWithFixedRange(
  inputs: LocalNetworkInputs,
  context: InSession,
): Promise<Docker.NetworkInspectInfo> {
  if (inputs.subnet) return make(inputs, context, inputs.subnet);
  const probe = await make(inputs, context, undefined, { [PROBE_LABEL]: "true" });
  const { range } = outputsOf(probe);
  await onOuterEngine(inputs.dockerHost, context, `fix the range of network ${inputs.name}`, (docker) =>
    docker.getNetwork(probe.Id).remove(),
  );
  return make(inputs, context, range);
}

/** An interrupted run may have left the probe, or a network with another range. */
function isWanted(existing: Docker.NetworkInspectInfo, { subnet }: LocalNetworkInputs): boolean {
  if (existing.Labels?.[PROBE_LABEL]) return false;
  return subnet === undefined || subnet === outputsOf(existing).range;
}

async function make(
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

function inspect(
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

async function remove({ name, networkId, dockerHost }: State, context: InSession): Promise<void> {
  await ifPresent(
    onOuterEngine(dockerHost, context, `remove network ${name}`, (docker) =>
      docker.getNetwork(networkId).remove(),
    ),
  );
}

function outputsOf(network: Docker.NetworkInspectInfo): LocalNetworkOutputs {
  return { networkId: network.Id, range: network.IPAM?.Config?.[0]?.Subnet ?? "" };
}
