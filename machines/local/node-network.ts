import { showPending, type Context } from "../../foundation/context";
import type { InSession } from "../../foundation/session";
import { waitFor } from "../../foundation/wait";
import { isEngineError } from "../../docker/errors";
import { refuseForeign } from "../../docker/ownership";
import type { LocalNetworkInputs, LocalNetworkOutputs } from "../../schema/local";
import { identityOf, isOwnedBy, isStillOwnedBy } from "../../schema/owner";
import { checkPoolsClear } from "../../validation/address-pools";
import { removeDisks } from "./disk-removal";
import { removeLeftovers } from "./leftovers";
import { refuseForeignDisks } from "./node-disks";
import { noteMade } from "./made-network";
import { createWithFixedRange, deleteNetwork, inspectNetwork, isWanted, known } from "./network-calls";
import { removeSockets } from "./node-socket";

type State = LocalNetworkInputs & LocalNetworkOutputs;

const REMOVE_TIMEOUT_MS = 30_000;

/** Refuses the names of a network and of disks that are somebody else's. Answers the network that is there. */
export async function refuseForeignNetwork(inputs: LocalNetworkInputs, context: InSession) {
  const existing = await inspectNetwork(inputs, inputs.name, context);
  if (existing) refuseForeign(`The network "${inputs.name}"`, existing.Labels, inputs.owner, context);
  await refuseForeignDisks(inputs, context);
  return existing;
}

/** Makes the bridge network that the nodes of a cluster share, or takes over what an interrupted run left of it. */
export async function makeNetwork(
  inputs: LocalNetworkInputs,
  context: InSession,
): Promise<LocalNetworkOutputs> {
  const existing = await refuseForeignNetwork(inputs, context);
  if (existing && isWanted(existing, inputs)) {
    noteMade(existing.Id, context);
    return known(existing);
  }
  if (existing) await deleteNetwork(inputs, existing.Id, context);
  const made = known(await createWithFixedRange(inputs, context));
  const problems = checkPoolsClear(inputs.defaultAddrPool, made.range, []);
  if (problems.length > 0) {
    await deleteNetwork(inputs, made.networkId, context);
    throw new Error(problems.map(({ where, text }) => `${where}: ${text}`).join("\n"));
  }
  noteMade(made.networkId, context);
  return made;
}

/** The network as it is; nothing where it is gone, or somebody else's by now. */
export async function findNetwork(
  state: State,
  context: InSession,
): Promise<LocalNetworkOutputs | undefined> {
  const found = await inspectNetwork(state, state.networkId, context);
  return found && isStillOwnedBy(state.owner, found.Labels) ? known(found) : undefined;
}

/** The same for whoever knows a cluster by its name and identity alone: machines go even where no network is left. */
export async function removeNamedNetwork(inputs: LocalNetworkInputs, context: Context): Promise<void> {
  const found = await inspectNetwork(inputs, inputs.name, context);
  if (found && isOwnedBy(inputs.owner, found.Labels))
    return removeNetwork({ ...inputs, ...known(found) }, context);
  await removeSockets(inputs.owner);
  await removeLeftovers(inputs, false, context);
}

/** Removes the network, and before it whatever of the cluster is left that nobody knows of. */
export async function removeNetwork(state: State, context: Context): Promise<void> {
  const found = await inspectNetwork(state, state.networkId, context);
  await removeSockets(state.owner);
  if (!found || !isStillOwnedBy(state.owner, found.Labels)) return;
  await removeLeftovers(state, identityOf(found.Labels) === undefined, context);
  await removeDisks(state, context);
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
        await deleteNetwork(state, state.networkId, context);
        return { done: undefined };
      } catch (error) {
        // The engine lets go of a removed container's address a moment after the container.
        if (isEngineError(error, "in-use")) return { pending: error.answer };
        throw error;
      }
    },
  );
}
