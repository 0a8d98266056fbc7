import type Docker from "dockerode";
import type { LocalNodeInputs, LocalNodeOutputs } from "../contract/local";
import { ADDRESS_LABEL, SPEC_LABEL, isOwnedBy } from "../contract/owner";
import { engineAnswers } from "../engine/conditions";
import { disconnect } from "../engine/connect";
import type { Handler } from "./handler";
import { takeAddress } from "./node-address";
import { nodeContainer, specDigest } from "./node-container";
import { ifPresent, onOuterEngine, refuseForeign } from "./outer";

/** A machine of a local cluster: a container with a Docker Engine inside, and its volume. */
export const localNode: Handler<LocalNodeInputs, LocalNodeOutputs> = {
  fields: {
    name: "replace",
    hostname: "replace",
    owner: "replace",
    network: "replace",
    image: "replace",
    ports: "replace",
    running: "update",
    dockerHost: "replace",
  },
  outputs: ["containerId", "address"],
  deleteBeforeReplace: true,

  async create(inputs, context) {
    const container = (await adoptable(inputs)) ?? (await make(inputs));
    await start(inputs, container.Id);
    await engineAnswers(connectionOf(inputs), context);
    return { id: inputs.name, outputs: outputsOf(container) };
  },

  async read(_id, state) {
    const found = await inspect(state);
    if (!found || !isOwnedBy(state.owner, found.Config.Labels)) return undefined;
    return { inputs: { ...state, running: found.State.Running }, outputs: outputsOf(found) };
  },

  async update(_id, old, inputs, context) {
    await start(inputs, old.containerId);
    await engineAnswers(connectionOf(inputs), context);
    return { containerId: old.containerId, address: old.address };
  },

  async delete(_id, state) {
    disconnect(connectionOf(state));
    await remove(state);
  },
};

async function make(inputs: LocalNodeInputs): Promise<Docker.ContainerInspectInfo> {
  const address = await takeAddress(inputs.dockerHost, inputs.network);
  return onOuterEngine(inputs.dockerHost, `create container ${inputs.name}`, async (docker) =>
    (await docker.createContainer(nodeContainer(inputs, address))).inspect(),
  );
}

/** A container that an interrupted run left and that is just what is wanted; one that is not, but ours, goes. */
async function adoptable(inputs: LocalNodeInputs): Promise<Docker.ContainerInspectInfo | undefined> {
  const found = await inspect(inputs);
  if (!found) return undefined;
  refuseForeign(`The container "${inputs.name}"`, found.Config.Labels, inputs.owner);
  if (found.Config.Labels[SPEC_LABEL] === specDigest(inputs)) return found;
  await remove(inputs);
  return undefined;
}

async function start(inputs: LocalNodeInputs, id: string): Promise<void> {
  await onOuterEngine(inputs.dockerHost, `start container ${inputs.name}`, (docker) =>
    docker.getContainer(id).start(),
  );
}

async function remove(inputs: LocalNodeInputs): Promise<void> {
  const found = await inspect(inputs);
  if (found && isOwnedBy(inputs.owner, found.Config.Labels)) {
    await ifPresent(
      onOuterEngine(inputs.dockerHost, `remove container ${inputs.name}`, (docker) =>
        docker.getContainer(found.Id).remove({ force: true, v: true }),
      ),
    );
  }
  const volume = await ifPresent(
    onOuterEngine(inputs.dockerHost, `inspect volume ${inputs.name}`, (docker) =>
      docker.getVolume(inputs.name).inspect(),
    ),
  );
  if (!volume || !isOwnedBy(inputs.owner, volume.Labels)) return;
  await ifPresent(
    onOuterEngine(inputs.dockerHost, `remove volume ${inputs.name}`, (docker) =>
      docker.getVolume(inputs.name).remove(),
    ),
  );
}

function inspect(inputs: LocalNodeInputs): Promise<Docker.ContainerInspectInfo | undefined> {
  return ifPresent(
    onOuterEngine(inputs.dockerHost, `inspect container ${inputs.name}`, (docker) =>
      docker.getContainer(inputs.name).inspect(),
    ),
  );
}

function outputsOf(container: Docker.ContainerInspectInfo): LocalNodeOutputs {
  return { containerId: container.Id, address: container.Config.Labels[ADDRESS_LABEL] };
}

function connectionOf({ name, dockerHost }: LocalNodeInputs) {
  return { container: name, dockerHost };
}
