import type { NetworkInputs, NetworkOutputs } from "../../schema/objects";
import { ownerLabels } from "../../schema/owner";
import type { EngineClient } from "../../docker/engine-client";
import { isEngineError } from "../../docker/errors";
import { createNetwork, deleteNetwork, inspectNetwork } from "../../docker/networks";
import { toldApart } from "../../docker/ownership";
import { SWARM_COMMAND } from "../../foundation/command-lines";
import { type Context, showPending } from "../../foundation/context";
import { waitFor } from "../../foundation/wait";
import { changeSwarm } from "../change-swarm";
import { deleteInSwarm, inSwarm } from "../own-swarm";
import { isForeignIn, withAdopted } from "../swarm-ownership";
import { insideOf, presentNetwork } from "./network-adopt";
import { settingsOf } from "./network-settings";
import type { NetworkVersion } from "./network-version";
import { isWanted, noteVersion } from "./wanted-versions";

const REMOVE_TIMEOUT_MS = 60_000;

/** Makes an overlay network as wanted, where the swarm has none: one that is there is this one, or is taken over. */
export async function makeOverlay(inputs: NetworkInputs, context: Context): Promise<NetworkOutputs> {
  const { owner, managers } = inputs;
  const version = await inSwarm(inputs, context, (engine) => presentNetwork(engine, inputs, context));
  const { found } = version;
  if (found && version.isForeign)
    await changeSwarm(managers, context, (spec) => ({
      ...spec,
      Labels: withAdopted(spec.Labels, owner, found.Id),
    }));
  const id =
    found?.Id ?? (await inSwarm(inputs, context, (engine) => create(engine, version, inputs, context)));
  noteVersion({ objectId: id }, context);
  return { networkId: id, objectName: version.name };
}

async function create(
  engine: EngineClient,
  version: NetworkVersion,
  inputs: NetworkInputs,
  context: Context,
): Promise<string> {
  const { driver, attachable, internal, options, ranges, labels } = settingsOf(inputs);
  const wanted = {
    Name: version.name,
    Driver: driver,
    Scope: "swarm",
    Attachable: attachable,
    Internal: internal,
    Options: options,
    Labels: { ...labels, ...version.labels, ...ownerLabels(inputs.owner) },
    ...(ranges.length > 0
      ? {
          IPAM: {
            Config: ranges.map(({ subnet, gateway, ipRange }) => ({
              Subnet: subnet,
              Gateway: gateway,
              IPRange: ipRange,
            })),
          },
        }
      : {}),
  };
  return createNetwork(engine, wanted, context.signal);
}

/** Removes an overlay network, once its tasks have ended: those that are being shut down hold it for a moment longer. */
export async function removeOverlay(
  id: string,
  state: NetworkInputs & Partial<NetworkOutputs>,
  context: Context,
): Promise<void> {
  // Settings that came back are the same network again.
  if (isWanted({ objectId: id }, context)) return;
  const name = state.objectName ?? state.name;
  await waitFor(
    {
      name: "no task uses it any more",
      on: `network ${name}`,
      intervalMs: 500,
      timeoutMs: REMOVE_TIMEOUT_MS,
      signal: context.signal,
      onPending: showPending(context, "waiting for its tasks to end"),
      remedy: `Look at what uses it: ${SWARM_COMMAND} docker network inspect --verbose ${name}`,
    },
    async () => {
      try {
        await deleteInSwarm(`the network ${name}`, state, context, async (engine, { Spec }) => {
          const found = await inspectNetwork(engine, id, context.signal);
          if (!found) return;
          if (isForeignIn(Spec.Labels, state.owner, insideOf(found))) {
            const why = toldApart(found.Labels, state.owner);
            return context.warn(`the network ${name} stays: it belongs to ${why}.`);
          }
          await deleteNetwork(engine, { id, name }, context.signal);
        });
        return { done: undefined };
      } catch (error) {
        if (isEngineError(error, "in-use")) return { pending: error.answer };
        throw error;
      }
    },
  );
}
