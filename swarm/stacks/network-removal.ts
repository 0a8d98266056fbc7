import type { NetworkInspect } from "../../docker/api/network";
import { isEngineError } from "../../docker/errors";
import type { EngineClient } from "../../docker/engine-client";
import { deleteNetwork, swarmNetworks } from "../../docker/networks";
import { toldApart } from "../../docker/ownership";
import { STACK_LABEL } from "../../docker/services";
import { inspectSwarm } from "../../docker/swarm";
import { SWARM_COMMAND } from "../../foundation/command-lines";
import { showPending, type Context } from "../../foundation/context";
import { waitFor, WaitTimeout, type Look } from "../../foundation/wait";
import type { SwarmStackInputs } from "../../schema/stack";
import { insideOf } from "../objects/network-adopt";
import type { ComposeNetwork } from "../objects/network-settings";
import { usersOf } from "../objects/network-users";
import { baseOf } from "../objects/network-version";
import { inSwarm } from "../own-swarm";
import { isOwnedIn } from "../swarm-ownership";
import type { NetworkPlan } from "./network-plan";

/** Tasks that are being ended are given that long. */
const REMOVE_TIMEOUT_MS = 60_000;
/** A manager may lag behind the one that leads; who is refused more often is in somebody's way. */
const REFUSALS = 5;

/** Removes the networks of a stack that its services have left, and those that left its compose files: Docker's deploy removes none. */
export function removeLeftNetworks(
  { versions, wanted }: NetworkPlan,
  inputs: SwarmStackInputs,
  context: Context,
): Promise<void> {
  const names = new Set(versions.map(({ name }) => name));
  const used = new Set(versions.map(({ key }) => key));
  // One that no service is in is none of Docker's business, and stays as long as the files have it.
  const idle = Object.entries((wanted.networks ?? {}) as Record<string, ComposeNetwork | null>)
    .filter(([key]) => !used.has(key))
    .map(([key, network]) => network?.name ?? `${inputs.name}_${key}`);
  return removeNetworks(
    (network) => !names.has(network.Name) && !idle.includes(baseOf(network)),
    inputs,
    context,
  );
}

/** Removes the networks of a stack that a deployment made which was taken back. */
export function removeNewNetworks(
  { before }: NetworkPlan,
  inputs: SwarmStackInputs,
  context: Context,
): Promise<void> {
  return removeNetworks(({ Id }) => !before.has(Id), inputs, context);
}

/** Of a stack's own networks. One that somebody else uses stays, with a warning. */
async function removeNetworks(
  isOver: (network: NetworkInspect) => boolean,
  inputs: SwarmStackInputs,
  context: Context,
): Promise<void> {
  const { name: stack, owner } = inputs;
  const { ours, theirs } = await inSwarm(inputs, context, async (engine) => {
    const { Spec } = await inspectSwarm(engine, context.signal);
    const networks = await swarmNetworks(engine, context.signal, { label: [`${STACK_LABEL}=${stack}`] });
    const isOurs = (network: NetworkInspect) => isOwnedIn(Spec.Labels, owner, insideOf(network));
    const over = networks.filter(isOver);
    return { ours: over.filter(isOurs), theirs: over.filter((network) => !isOurs(network)) };
  });
  const byHand = (network: string) => `${SWARM_COMMAND} docker network rm ${network}`;
  for (const { Name, Labels } of theirs)
    context.warn(
      `the stack ${stack} uses the network ${Name} no more, and it stays, as it belongs to ${toldApart(Labels, owner)}. ` +
        `If it is not wanted: ${byHand(Name)}`,
    );
  const reasons = await Promise.all(ours.map((network) => removed(network, inputs, context)));
  reasons.forEach((why, index) => {
    const { Name } = ours[index];
    if (why)
      context.warn(
        `the stack ${stack} uses the network ${Name} no more, and it stays: ${why}. ` +
          `It goes with the next update of the stack that finds it unused, or: ${byHand(Name)}`,
      );
  });
}

/** @returns why it stays; nothing where it is gone */
async function removed(
  network: NetworkInspect,
  inputs: SwarmStackInputs,
  context: Context,
): Promise<string | undefined> {
  let refusals = 0;
  try {
    return await waitFor<string | undefined>(
      {
        name: "no task is in it",
        on: `network ${network.Name}`,
        intervalMs: 500,
        timeoutMs: REMOVE_TIMEOUT_MS,
        signal: context.signal,
        onPending: showPending(context, `removing the network ${network.Name}`),
      },
      async () => {
        try {
          return await inSwarm(inputs, context, (engine) => attempt(engine, network, context));
        } catch (error) {
          if (!isEngineError(error, "in-use")) throw error;
          return ++refusals < REFUSALS
            ? { pending: error.answer }
            : { done: `a container that is no task is in it (${error.answer})` };
        }
      },
    );
  } catch (error) {
    if (error instanceof WaitTimeout) return error.lastReason;
    throw error;
  }
}

async function attempt(
  engine: EngineClient,
  { Id: id, Name: name }: NetworkInspect,
  context: Context,
): Promise<Look<string | undefined>> {
  const { services, tasks } = await usersOf(engine, id, context);
  if (services.length > 0) return { done: `${services.map(({ Spec }) => Spec.Name).join(", ")} is in it` };
  if (tasks.length > 0) return { pending: `${tasks.length} tasks in it still end` };
  await deleteNetwork(engine, { id, name }, context.signal);
  return { done: undefined };
}
