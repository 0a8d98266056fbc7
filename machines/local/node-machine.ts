import type { ContainerInspect } from "../../docker/api/container";
import { disconnect } from "../../docker/connect";
import { inspectContainer, updateContainer } from "../../docker/containers";
import { outerEngine } from "../../docker/outer";
import { socketOfContainer } from "../../foundation/cluster-sockets";
import type { Context } from "../../foundation/context";
import type { InSession } from "../../foundation/session";
import type { ContainerConnection } from "../../schema/connection";
import type { LocalNodeInputs, LocalNodeOutputs } from "../../schema/local";
import { ADDRESS_LABEL, isStillOwnedBy } from "../../schema/owner";
import { noteFreshEngine } from "../../swarm/engines/former-gossip";
import { noteStarted } from "../../swarm/repaired";
import { engineStarted } from "./engine-start";
import { listeningSocket } from "./listening-socket";
import { attachDisks, lostVolumes, readyDisks } from "./node-disks";
import { newContainer, startContainer } from "./new-container";
import { actualLimits, changeLimits } from "./node-limits";
import { placeFor } from "./node-place";
import { removeContainer } from "./node-removal";
import { publishSocket, removeSocket } from "./node-socket";

type State = LocalNodeInputs & LocalNodeOutputs;

/** Makes a machine, a container whose Docker Engine answers, or takes over what an interrupted run left of it. */
export async function makeMachine(inputs: LocalNodeInputs, context: Context): Promise<LocalNodeOutputs> {
  const { container, adopted } = await placeFor(inputs, context);
  await readyDisks(inputs, container, context);
  if (adopted) {
    await changeLimits(inputs, actualLimits(adopted, inputs), adopted.Id, context);
    await startContainer(inputs, adopted.Id, context);
  }
  const found = adopted ?? (await newContainer(inputs, container, context));
  const socket = await listeningSocket(inputs, { id: found.Id, name: container }, context);
  const connection = { container, dockerHost: inputs.dockerHost, socket };
  await engineStarted(connection, context);
  await attachDisks(inputs, connection, context);
  if (!adopted) noteFreshEngine(connection, context);
  await comesBack(inputs, container, context);
  return known(found, await publishSocket(inputs, container, context));
}

/** A machine as it is, its inputs included; nothing where it is gone, or somebody else's by now. */
export async function findMachine(
  state: State,
  context: InSession,
): Promise<{ inputs: State; outputs: LocalNodeOutputs } | undefined> {
  const machine = { id: state.containerId, name: state.container };
  const found = await inspectContainer(outerEngine(state.dockerHost, context), machine);
  if (!found || !isStillOwnedBy(state.owner, found.Config.Labels)) return undefined;
  const running = found.State.Running;
  const lost = running ? await lostVolumes(state, connectionOf(state), context) : [];
  const drift = lost.length > 0 ? lost : undefined;
  return {
    inputs: { ...state, ...actualLimits(found, state), running, drift },
    outputs: known(found, state.socket),
  };
}

/** Gives a machine other limits, and starts one that was stopped. */
export async function changeMachine(
  old: State,
  inputs: LocalNodeInputs,
  context: Context,
): Promise<LocalNodeOutputs> {
  const { containerId, container, address } = old;
  await changeLimits(inputs, old, containerId, context);
  await startContainer(inputs, containerId, context);
  if (!old.running) noteStarted(inputs, containerId, context);
  await engineStarted(connectionOf(old), context);
  await attachDisks(inputs, connectionOf(old), context);
  const socket = await publishSocket(inputs, container, context);
  return { containerId, container, address, socket: socket ?? "" };
}

/** Removes a machine with its volume and its socket. */
export async function removeMachine(state: State, context: InSession): Promise<void> {
  disconnect(connectionOf(state), context);
  await removeContainer(state, { id: state.containerId, name: state.container }, context);
  await removeSocket(state, state.container);
}

/** From its engine's first answer on a machine comes back by itself, but for one that was stopped by hand. */
async function comesBack(
  { dockerHost }: LocalNodeInputs,
  container: string,
  context: InSession,
): Promise<void> {
  const engine = outerEngine(dockerHost, context);
  const change = { RestartPolicy: { Name: "unless-stopped" } };
  await updateContainer(engine, { id: container }, `set the restart policy of ${container}`, change);
}

function known(found: ContainerInspect, socket: string | undefined): LocalNodeOutputs {
  return {
    containerId: found.Id,
    container: found.Name.replace(/^\//, ""),
    address: found.Config.Labels?.[ADDRESS_LABEL] ?? "",
    socket: socket ?? "",
  };
}

/** How the engine of a machine is reached. */
export function connectionOf({ container, dockerHost, socket }: State): ContainerConnection {
  return { container, dockerHost, socket: socket ? socketOfContainer(socket, container) : undefined };
}
