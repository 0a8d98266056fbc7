import type { ContainerInspect } from "../../docker/api/container";
import { createContainer, inspectContainer, startContainer as begin } from "../../docker/containers";
import { outerEngine } from "../../docker/outer";
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
): Promise<ContainerInspect> {
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
  await begin(outerEngine(inputs.dockerHost, context), { id, name: inputs.name });
}

async function create(
  inputs: LocalNodeInputs,
  container: string,
  context: InSession,
  shared?: string,
): Promise<ContainerInspect> {
  const address = await takeAddress(inputs.dockerHost, inputs.network, container, context);
  const engine = outerEngine(inputs.dockerHost, context);
  const id = await createContainer(engine, container, nodeContainer(inputs, container, address, shared));
  const found = await inspectContainer(engine, { id, name: container });
  if (!found)
    throw new Error(`The container ${container} was made, and is gone already. Run the same command again.`);
  return found;
}
