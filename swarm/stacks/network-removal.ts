import type { NetworkInspect } from "../../docker/api/network";
import { isEngineError } from "../../docker/errors";
import type { EngineClient } from "../../docker/engine-client";
import { deleteNetwork, swarmNetworks } from "../../docker/networks";
import { STACK_LABEL } from "../../docker/services";
import { inspectSwarm } from "../../docker/swarm";
import { SWARM_COMMAND } from "../../foundation/command-lines";
import { showPending, type Context } from "../../foundation/context";
import { waitFor, WaitTimeout } from "../../foundation/wait";
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
  let left = await inSwarm(inputs, context, async (engine) => {
    const { Spec } = await inspectSwarm(engine, context.signal);
    const networks = await swarmNetworks(engine, context.signal, { label: [`${STACK_LABEL}=${stack}`] });
    return networks.filter((network) => isOver(network) && isOwnedIn(Spec.Labels, owner, insideOf(network)));
  });
  if (left.length === 0) return;
  const remain: string[] = [];
  try {
    await waitFor<void>(
      {
        name: "no task is in its former networks",
        on: `stack ${stack}`,
        intervalMs: 500,
        timeoutMs: REMOVE_TIMEOUT_MS,
        signal: context.signal,
        onPending: showPending(context, "waiting for tasks to end"),
      },
      async () => {
        const looks = await inSwarm(inputs, context, (engine) =>
          Promise.all(left.map((network) => attempt(engine, network, context))),
        );
        remain.push(...looks.flatMap(({ stays }) => stays ?? []));
        left = left.filter((_, index) => looks[index].pending !== undefined);
        return left.length === 0
          ? { done: undefined }
          : { pending: looks.flatMap(({ pending }) => pending ?? []).join(", ") };
      },
    );
  } catch (error) {
    if (!(error instanceof WaitTimeout)) throw error;
    remain.push(...left.map(({ Name }) => `${Name} (tasks in it still end)`));
  }
  for (const network of remain)
    context.warn(
      `the network ${network} of the stack ${stack} stays. It goes with the next update of the stack that finds it unused, or: ` +
        `${SWARM_COMMAND} docker network rm ${network.split(" ")[0]}`,
    );
}

/** What one attempt at a network's removal came to: nothing more where it is gone. */
interface Attempt {
  /** Tasks in it are being ended. */
  pending?: string;
  /** Somebody else uses it. */
  stays?: string;
}

async function attempt(engine: EngineClient, network: NetworkInspect, context: Context): Promise<Attempt> {
  const { Id: id, Name: name } = network;
  const { services, tasks, guests } = await usersOf(engine, id, context);
  if (services.length > 0)
    return { stays: `${name} (in use by ${services.map(({ Spec }) => Spec.Name).join(", ")})` };
  if (guests.length > 0) return { stays: `${name} (a container that is no task is in it)` };
  if (tasks.length > 0) return { pending: `${tasks.length} tasks in ${name} still end` };
  try {
    await deleteNetwork(engine, { id, name }, context.signal);
    return {};
  } catch (error) {
    if (isEngineError(error, "in-use")) return { pending: error.answer };
    throw error;
  }
}
