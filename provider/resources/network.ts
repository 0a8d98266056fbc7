import type { NetworkInputs, NetworkOutputs } from "../../schema/objects";
import { ownerLabels } from "../../schema/owner";
import type { EngineClient } from "../../docker/engine-client";
import { isEngineError } from "../../docker/errors";
import { inspectNetwork } from "../../docker/networks";
import { changeSwarm } from "../../swarm/change-swarm";
import { isForeignIn, withAdopted } from "../../swarm/swarm-ownership";
import { waitFor } from "../../foundation/wait";
import { checkNetwork } from "../../validation/objects";
import type { Handler } from "../handler";
import { type Context, showPending } from "../../foundation/context";
import { ifPresent } from "../../docker/outer";
import { insideOf, presentNetwork } from "../../swarm/objects/network-adopt";
import { deleteInSwarm, inSwarm, readInSwarm } from "../../swarm/own-swarm";
import { toldApart } from "../../docker/ownership";
import { SWARM_COMMAND } from "../../foundation/command-lines";
import { ofSwarm, owned } from "../traits";

const REMOVE_TIMEOUT_MS = 60_000;

/** An overlay network of the swarm. Docker changes nothing of a network in place, so every change replaces it. */
export const network: Handler<NetworkInputs, NetworkOutputs> = {
  traits: [owned, ofSwarm],
  deleteBeforeReplace: true,

  check: (inputs) => checkNetwork(inputs),

  async present(inputs, context) {
    const found = await inSwarm(inputs, context, (engine) => presentNetwork(engine, inputs, context));
    // One of ours is about to be replaced by another.
    return found?.isForeign ? { networkId: found.Id } : undefined;
  },

  async create(inputs, context) {
    const { owner, managers } = inputs;
    const found = await inSwarm(inputs, context, (engine) => presentNetwork(engine, inputs, context));
    if (found?.isForeign)
      await changeSwarm(managers, context, (spec) => ({
        ...spec,
        Labels: withAdopted(spec.Labels, owner, found.Id),
      }));
    const networkId =
      found?.Id ?? (await inSwarm(inputs, context, (engine) => create(engine, inputs, context)));
    return { id: networkId, outputs: { networkId } };
  },

  async read(id, state, context) {
    const found = await readInSwarm(state, context, (engine) => inspectNetwork(engine, id, context.signal));
    return found ? { inputs: state, outputs: { networkId: found.Id } } : undefined;
  },

  update: async (_id, old) => ({ networkId: old.networkId }),

  delete: (id, state, context) => remove(id, state, context),
};

async function create(engine: EngineClient, inputs: NetworkInputs, context: Context): Promise<string> {
  const { subnet, gateway, ipRange } = inputs;
  const { Id } = await engine.post<{ Id: string }>(`create network ${inputs.name}`, "/networks/create", {
    signal: context.signal,
    body: {
      Name: inputs.name,
      Driver: "overlay",
      Scope: "swarm",
      Attachable: inputs.attachable ?? false,
      Internal: inputs.internal ?? false,
      Options: { ...inputs.options, ...(inputs.encrypted ? { encrypted: "" } : {}) },
      Labels: { ...inputs.labels, ...ownerLabels(inputs.owner) },
      ...(subnet ? { IPAM: { Config: [{ Subnet: subnet, Gateway: gateway, IPRange: ipRange }] } } : {}),
    },
  });
  return Id;
}

/** Tasks that are being shut down hold their network for a moment longer. */
async function remove(id: string, state: NetworkInputs, context: Context): Promise<void> {
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
          await ifPresent(
            engine.delete(`remove network ${state.name}`, `/networks/${id}`, { signal: context.signal }),
          );
        });
        return { done: undefined };
      } catch (error) {
        if (isEngineError(error, "in-use")) return { pending: error.answer };
        throw error;
      }
    },
  );
}
