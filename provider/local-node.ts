import type Docker from "dockerode";
import type { LocalNodeInputs, LocalNodeOutputs } from "../contract/local";
import { ADDRESS_LABEL, isStillOwnedBy } from "../contract/owner";
import { disconnect } from "../engine/connect";
import { noteFreshEngine } from "../engine/former-gossip";
import { engineStarted } from "./engine-start";
import type { Handler } from "./handler";
import { placeFor } from "./local-node-place";
import { takeAddress } from "./node-address";
import { nodeContainer } from "./node-container";
import { actualLimits, changeLimits } from "./node-limits";
import { ifPresent, onOuterEngine } from "./outer";
import { removeContainer } from "./node-removal";
import { noteStarted } from "./repaired";

type State = LocalNodeInputs & LocalNodeOutputs;

/** A machine of a local cluster: a container with a Docker Engine inside, and its volume. */
export const localNode: Handler<LocalNodeInputs, LocalNodeOutputs> = {
  async create(inputs, context) {
    const place = await placeFor(inputs);
    const found = place.adopted ?? (await make(inputs, place.container));
    if (place.adopted) await changeLimits(inputs, actualLimits(found, inputs), found.Id);
    await start(inputs, found.Id);
    const connection = { container: place.container, dockerHost: inputs.dockerHost };
    await engineStarted(connection, context);
    if (!place.adopted) noteFreshEngine(connection);
    await comesBack(inputs, place.container);
    return { id: place.container, outputs: outputsOf(found) };
  },

  async read(_id, state) {
    const found = await ifPresent(
      onOuterEngine(state.dockerHost, `inspect container ${state.container}`, (docker) =>
        docker.getContainer(state.containerId).inspect(),
      ),
    );
    if (!found || !isStillOwnedBy(state.owner, found.Config.Labels)) return undefined;
    return {
      inputs: { ...state, ...actualLimits(found, state), running: found.State.Running },
      outputs: outputsOf(found),
    };
  },

  async update(_id, old, inputs, context) {
    const { containerId, container, address } = old;
    await changeLimits(inputs, old, containerId);
    await start(inputs, containerId);
    if (!old.running) noteStarted(inputs, containerId);
    await engineStarted(connectionOf(old), context);
    return { containerId, container, address };
  },

  async delete(_id, state) {
    disconnect(connectionOf(state));
    await removeContainer(state, { id: state.containerId, name: state.container });
  },
};

async function make(inputs: LocalNodeInputs, container: string): Promise<Docker.ContainerInspectInfo> {
  const address = await takeAddress(inputs.dockerHost, inputs.network, container);
  return onOuterEngine(inputs.dockerHost, `create container ${container}`, async (docker) =>
    (await docker.createContainer(nodeContainer(inputs, container, address))).inspect(),
  );
}

async function start(inputs: LocalNodeInputs, id: string): Promise<void> {
  await onOuterEngine(inputs.dockerHost, `start container ${inputs.name}`, (docker) =>
    docker.getContainer(id).start(),
  );
}

/** From its engine's first answer on a machine comes back by itself, but for one that was stopped by hand. */
async function comesBack({ dockerHost }: LocalNodeInputs, container: string): Promise<void> {
  await onOuterEngine(dockerHost, `set the restart policy of ${container}`, (docker) =>
    docker.getContainer(container).update({ RestartPolicy: { Name: "unless-stopped" } }),
  );
}

function outputsOf(found: Docker.ContainerInspectInfo): LocalNodeOutputs {
  return {
    containerId: found.Id,
    container: found.Name.replace(/^\//, ""),
    address: found.Config.Labels[ADDRESS_LABEL],
  };
}

function connectionOf({ container, dockerHost }: State) {
  return { container, dockerHost };
}
