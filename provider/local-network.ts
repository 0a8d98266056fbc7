import type Docker from "dockerode";
import type { LocalNetworkInputs, LocalNetworkOutputs } from "../contract/local";
import { identityOf, isStillOwnedBy, ownerLabels } from "../contract/owner";
import { checkPoolsClear } from "../validation/address-pools";
import { removeLeftovers } from "./local-leftovers";
import { showPending } from "../engine/conditions";
import { isEngineError } from "../engine/errors";
import { waitFor } from "../foundation/wait";
import type { Handler } from "./handler";
import { removeSockets } from "./node-socket";
import { ifPresent, onOuterEngine } from "./outer";
import { refuseForeign } from "./ownership";

/** On a network that only told which range is free; its addresses cannot be chosen. */
const PROBE_LABEL = "pulumi-swarm.probe";

const REMOVE_TIMEOUT_MS = 30_000;

type State = LocalNetworkInputs & LocalNetworkOutputs;

const made = new Set<string>();

/** Whether this update made or took over a network: then nothing that lies in it is in Pulumi's state yet. */
export function madeInThisRun(networkId: string): boolean {
  return made.has(networkId);
}

/** The bridge network that the nodes of a local cluster share. */
export const localNetwork: Handler<LocalNetworkInputs, LocalNetworkOutputs> = {
  deleteBeforeReplace: true,

  /** Before an update has begun: whoever has the name already would be in the way of everything else. */
  async previewed(inputs) {
    const existing = await inspect(inputs, inputs.name);
    if (existing) refuseForeign(`The network "${inputs.name}"`, existing.Labels, inputs.owner);
  },

  async create(inputs) {
    const existing = await inspect(inputs, inputs.name);
    if (existing) {
      refuseForeign(`The network "${inputs.name}"`, existing.Labels, inputs.owner);
      if (isWanted(existing, inputs)) {
        made.add(existing.Id);
        return { id: existing.Id, outputs: outputsOf(existing) };
      }
      await remove({ ...inputs, ...outputsOf(existing) });
    }
    const network = await makeWithFixedRange(inputs);
    const outputs = outputsOf(network);
    const problems = checkPoolsClear(inputs.defaultAddrPool, outputs.range, []);
    if (problems.length > 0) {
      await remove({ ...inputs, ...outputs });
      throw new Error(problems.map(({ where, text }) => `${where}: ${text}`).join("\n"));
    }
    made.add(network.Id);
    return { id: network.Id, outputs };
  },

  async read(_id, state) {
    const found = await inspect(state, state.networkId);
    return found && isStillOwnedBy(state.owner, found.Labels)
      ? { inputs: state, outputs: outputsOf(found) }
      : undefined;
  },

  async update(_id, old) {
    return { networkId: old.networkId, range: old.range };
  },

  async delete(_id, state, context) {
    const found = await inspect(state, state.networkId);
    await removeSockets(state.owner);
    if (!found || !isStillOwnedBy(state.owner, found.Labels)) return;
    await removeLeftovers(state, identityOf(found.Labels) === undefined);
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
          await remove(state);
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
async function makeWithFixedRange(inputs: LocalNetworkInputs): Promise<Docker.NetworkInspectInfo> {
  if (inputs.subnet) return make(inputs, inputs.subnet);
  const probe = await make(inputs, undefined, { [PROBE_LABEL]: "true" });
  const { range } = outputsOf(probe);
  await onOuterEngine(inputs.dockerHost, `fix the range of network ${inputs.name}`, (docker) =>
    docker.getNetwork(probe.Id).remove(),
  );
  return make(inputs, range);
}

/** An interrupted run may have left the probe, or a network with another range. */
function isWanted(existing: Docker.NetworkInspectInfo, { subnet }: LocalNetworkInputs): boolean {
  if (existing.Labels?.[PROBE_LABEL]) return false;
  return subnet === undefined || subnet === outputsOf(existing).range;
}

async function make(
  inputs: LocalNetworkInputs,
  subnet?: string,
  labels: Record<string, string> = {},
): Promise<Docker.NetworkInspectInfo> {
  return onOuterEngine(inputs.dockerHost, `create network ${inputs.name}`, async (docker) => {
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
): Promise<Docker.NetworkInspectInfo | undefined> {
  return ifPresent(
    onOuterEngine(
      dockerHost,
      `inspect network ${name}`,
      (docker) => docker.getNetwork(nameOrId).inspect() as Promise<Docker.NetworkInspectInfo>,
    ),
  );
}

async function remove({ name, networkId, dockerHost }: State): Promise<void> {
  await ifPresent(
    onOuterEngine(dockerHost, `remove network ${name}`, (docker) => docker.getNetwork(networkId).remove()),
  );
}

function outputsOf(network: Docker.NetworkInspectInfo): LocalNetworkOutputs {
  return { networkId: network.Id, range: network.IPAM?.Config?.[0]?.Subnet ?? "" };
}
