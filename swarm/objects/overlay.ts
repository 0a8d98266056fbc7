import type { NetworkInputs, NetworkOutputs } from "../../schema/objects";
import { ownerLabels } from "../../schema/owner";
import type { EngineClient } from "../../docker/engine-client";
import { isEngineError } from "../../docker/errors";
import { createNetwork, deleteNetwork, ENCRYPTED_OPTION, inspectNetwork } from "../../docker/networks";
import { toldApart } from "../../docker/ownership";
import { SWARM_COMMAND } from "../../foundation/command-lines";
import { type Context, showPending } from "../../foundation/context";
import { waitFor } from "../../foundation/wait";
import { changeSwarm } from "../change-swarm";
import { deleteInSwarm, inSwarm } from "../own-swarm";
import { isForeignIn, withAdopted } from "../swarm-ownership";
import { insideOf, presentNetwork } from "./network-adopt";

const REMOVE_TIMEOUT_MS = 60_000;

/** Makes an overlay network, or takes over the one of its name. */
export async function makeOverlay(inputs: NetworkInputs, context: Context): Promise<NetworkOutputs> {
  const { owner, managers } = inputs;
  const found = await inSwarm(inputs, context, (engine) => presentNetwork(engine, inputs, context));
  if (found?.isForeign)
    await changeSwarm(managers, context, (spec) => ({
      ...spec,
      Labels: withAdopted(spec.Labels, owner, found.Id),
    }));
  if (found) return { networkId: found.Id };
  return { networkId: await inSwarm(inputs, context, (engine) => create(engine, inputs, context)) };
}

async function create(engine: EngineClient, inputs: NetworkInputs, context: Context): Promise<string> {
  const { subnet, gateway, ipRange } = inputs;
  const wanted = {
    Name: inputs.name,
    Driver: "overlay",
    Scope: "swarm",
    Attachable: inputs.attachable ?? false,
    Internal: inputs.internal ?? false,
    Options: { ...inputs.options, ...(inputs.encrypted ? { [ENCRYPTED_OPTION]: "" } : {}) },
    Labels: { ...inputs.labels, ...ownerLabels(inputs.owner) },
    ...(subnet ? { IPAM: { Config: [{ Subnet: subnet, Gateway: gateway, IPRange: ipRange }] } } : {}),
  };
  return createNetwork(engine, wanted, context.signal);
}

/** Removes an overlay network, once its tasks have ended: those that are being shut down hold it for a moment longer. */
export async function removeOverlay(id: string, state: NetworkInputs, context: Context): Promise<void> {
  await waitFor(
    {
      name: "no task uses it any more",
      on: `network ${state.name}`,
      intervalMs: 500,
      timeoutMs: REMOVE_TIMEOUT_MS,
      signal: context.signal,
      onPending: showPending(context, "waiting for its tasks to end"),
      remedy: `Look at what uses it: ${SWARM_COMMAND} docker network inspect --verbose ${state.name}`,
    },
    async () => {
      try {
        await deleteInSwarm(`the network ${state.name}`, state, context, async (engine, { Spec }) => {
          const found = await inspectNetwork(engine, id, context.signal);
          if (!found) return;
          if (isForeignIn(Spec.Labels, state.owner, insideOf(found))) {
            const why = toldApart(found.Labels, state.owner);
            return context.warn(`the network ${state.name} stays: it belongs to ${why}.`);
          }
          await deleteNetwork(engine, { id, name: state.name }, context.signal);
        });
        return { done: undefined };
      } catch (error) {
        if (isEngineError(error, "in-use")) return { pending: error.answer };
        throw error;
      }
    },
  );
}
