import type Docker from "dockerode";
import { onOuterEngine } from "../../docker/outer";
import { socketsHome } from "../../foundation/cluster-sockets";
import type { Context } from "../../foundation/context";
import type { InSession } from "../../foundation/session";
import type { LocalNodeInputs } from "../../schema/local";
import { takeAddress } from "./node-address";
import { nodeContainer } from "./node-container";
import { removeContainer } from "./node-removal";
import { sharedFolder } from "./node-socket";

/** A new container that runs, with a folder in common where its engine can have one. */
export async function newContainer(
  inputs: LocalNodeInputs,
  container: string,
  context: Context,
): Promise<Docker.ContainerInspectInfo> {
  const shared = await sharedFolder(inputs, container, context);
  const made = await create(inputs, container, context, shared);
  try {
    await startContainer(inputs, made.Id, context);
    return made;
  } catch (error) {
    // An engine that is confined to other folders (that of a snap) names this one, and would start without it.
    if (!shared || !(error as Error).message.includes(socketsHome())) throw error;
    context.info(`${container} gets no socket on this machine: ${(error as Error).message}`);
    await removeContainer(inputs, { id: made.Id, name: container }, context);
    const plain = await create(inputs, container, context);
    await startContainer(inputs, plain.Id, context);
    return plain;
  }
}

/** One that runs is left as it is. */
export async function startContainer(inputs: LocalNodeInputs, id: string, context: InSession): Promise<void> {
  await onOuterEngine(inputs.dockerHost, context, `start container ${inputs.name}`, (docker) =>
    docker.getContainer(id).start(),
  );
}

async function create(
  inputs: LocalNodeInputs,
  container: string,
  context: InSession,
  shared?: string,
): Promise<Docker.ContainerInspectInfo> {
  const address = await takeAddress(inputs.dockerHost, inputs.network, container, context);
  return onOuterEngine(inputs.dockerHost, context, `create container ${container}`, async (docker) =>
    (await docker.createContainer(nodeContainer(inputs, container, address, shared))).inspect(),
  );
}
