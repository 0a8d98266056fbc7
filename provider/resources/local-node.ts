import type Docker from "dockerode";
import type { LocalNodeInputs, LocalNodeOutputs } from "../../schema/local";
import { ADDRESS_LABEL, isStillOwnedBy } from "../../schema/owner";
import { disconnect } from "../../docker/connect";
import { noteFreshEngine } from "../../swarm/engines/former-gossip";
import { socketOfContainer, socketsHome } from "../../foundation/cluster-sockets";
import { engineStarted } from "../../machines/local/engine-start";
import type { Handler } from "../handler";
import type { Context } from "../../foundation/context";
import { placeFor } from "../../machines/local/node-place";
import { takeAddress } from "../../machines/local/node-address";
import { nodeContainer } from "../../machines/local/node-container";
import { actualLimits, changeLimits } from "../../machines/local/node-limits";
import { ifPresent, onOuterEngine } from "../../docker/outer";
import { removeContainer } from "../../machines/local/node-removal";
import { listeningSocket } from "../../machines/local/listening-socket";
import { publishSocket, removeSocket, sharedFolder } from "../../machines/local/node-socket";
import { noteStarted } from "../../swarm/repaired";
import { owned } from "../traits";

type State = LocalNodeInputs & LocalNodeOutputs;

/** A machine of a local cluster: a container with a Docker Engine inside, and its volume. */
export const localNode: Handler<LocalNodeInputs, LocalNodeOutputs> = {
  traits: [owned],

  async create(inputs, context) {
    const { container, adopted } = await placeFor(inputs, context);
    if (adopted) await changeLimits(inputs, actualLimits(adopted, inputs), adopted.Id, context);
    const found = adopted ? await started(inputs, adopted, context) : await made(inputs, container, context);
    const { dockerHost } = inputs;
    const listens = await listeningSocket(inputs, { id: found.Id, name: container }, context);
    const connection = { container, dockerHost, socket: listens };
    await engineStarted(connection, context);
    if (!adopted) noteFreshEngine(connection, context);
    await comesBack(inputs, container, context);
    const socket = await publishSocket(inputs, container, context);
    return { id: container, outputs: outputsOf(found, socket) };
  },

  async read(_id, state, context) {
    const found = await ifPresent(
      onOuterEngine(state.dockerHost, context, `inspect container ${state.container}`, (docker) =>
        docker.getContainer(state.containerId).inspect(),
      ),
    );
    if (!found || !isStillOwnedBy(state.owner, found.Config.Labels)) return undefined;
    return {
      inputs: { ...state, ...actualLimits(found, state), running: found.State.Running },
      outputs: outputsOf(found, state.socket),
    };
  },

  async update(_id, old, inputs, context) {
    const { containerId, container, address } = old;
    await changeLimits(inputs, old, containerId, context);
    await start(inputs, containerId, context);
    if (!old.running) noteStarted(inputs, containerId, context);
    await engineStarted(connectionOf(old), context);
    return { containerId, container, address, socket: await publishSocket(inputs, container, context) };
  },

  async delete(_id, state, context) {
    disconnect(connectionOf(state), context);
    await removeContainer(state, { id: state.containerId, name: state.container }, context);
    await removeSocket(state, state.container);
  },
};

/** A new container that runs, with a folder in common where its engine can have one. */
async function made(
  inputs: LocalNodeInputs,
  container: string,
  context: Context,
): Promise<Docker.ContainerInspectInfo> {
  const shared = await sharedFolder(inputs, container, context);
  const found = await make(inputs, container, context, shared);
  try {
    return await started(inputs, found, context);
  } catch (error) {
    // An engine that is confined to other folders (that of a snap) names this one, and would start without it.
    if (!shared || !(error as Error).message.includes(socketsHome())) throw error;
    context.info(`${container} gets no socket on this machine: ${(error as Error).message}`);
    await removeContainer(inputs, { id: found.Id, name: container }, context);
    return started(inputs, await make(inputs, container, context), context);
  }
}

async function make(
  inputs: LocalNodeInputs,
  container: string,
  context: Context,
  shared?: string,
): Promise<Docker.ContainerInspectInfo> {
  const address = await takeAddress(inputs.dockerHost, inputs.network, container, context);
  return onOuterEngine(inputs.dockerHost, context, `create container ${container}`, async (docker) =>
    (await docker.createContainer(nodeContainer(inputs, container, address, shared))).inspect(),
  );
}

async function started(
  inputs: LocalNodeInputs,
  container: Docker.ContainerInspectInfo,
  context: Context,
): Promise<Docker.ContainerInspectInfo> {
  await start(inputs, container.Id, context);
  return container;
}

async function start(inputs: LocalNodeInputs, id: string, context: Context): Promise<void> {
  await onOuterEngine(inputs.dockerHost, context, `start container ${inputs.name}`, (docker) =>
    docker.getContainer(id).start(),
  );
}

/** From its engine's first answer on a machine comes back by itself, but for one that was stopped by hand. */
async function comesBack(
  { dockerHost }: LocalNodeInputs,
  container: string,
  context: Context,
): Promise<void> {
  await onOuterEngine(dockerHost, context, `set the restart policy of ${container}`, (docker) =>
    docker.getContainer(container).update({ RestartPolicy: { Name: "unless-stopped" } }),
  );
}

function outputsOf(found: Docker.ContainerInspectInfo, socket: string | undefined): LocalNodeOutputs {
  return {
    containerId: found.Id,
    container: found.Name.replace(/^\//, ""),
    address: found.Config.Labels[ADDRESS_LABEL],
    socket,
  };
}

function connectionOf({ container, dockerHost, socket }: State) {
  return { container, dockerHost, socket: socket && socketOfContainer(socket, container) };
}
