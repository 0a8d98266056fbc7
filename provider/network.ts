import type { NetworkInputs, NetworkOutputs } from "../contract/objects";
import { ownerLabels } from "../contract/owner";
import { showPending } from "../engine/conditions";
import type { EngineClient } from "../engine/engine-client";
import { isEngineError } from "../engine/errors";
import { inspectSwarm } from "../engine/swarm";
import { isForeignIn, isOwnedIn } from "../engine/swarm-ownership";
import { waitFor } from "../engine/wait";
import { checkNetwork } from "../validation/objects";
import type { Context, Handler } from "./handler";
import { ifPresent } from "./outer";
import { deleteInSwarm, inSwarm, readInSwarm } from "./own-swarm";
import { foreignInside, toldApart } from "./ownership";
import { SWARM_COMMAND } from "../foundation/command-lines";

interface NetworkInspect {
  Id: string;
  Labels: Record<string, string> | null;
}

const REMOVE_TIMEOUT_MS = 60_000;

/** An overlay network of the swarm. Docker changes nothing of a network in place, so every change replaces it. */
export const network: Handler<NetworkInputs, NetworkOutputs> = {
  deleteBeforeReplace: true,

  check: (inputs) => checkNetwork(inputs),

  async create(inputs, context) {
    const networkId = await inSwarm(inputs, context, async (engine) => {
      const present = await inspect(engine, inputs.name, context);
      if (!present) return create(engine, inputs, context);
      const { Spec } = await inspectSwarm(engine, context.signal);
      if (!isOwnedIn(Spec.Labels, inputs.owner, insideOf(present)))
        throw foreignInside(`network "${inputs.name}"`, present.Labels, inputs.owner);
      return present.Id;
    });
    return { id: networkId, outputs: { networkId } };
  },

  async read(id, state, context) {
    const found = await readInSwarm(state, context, (engine) => inspect(engine, id, context));
    return found ? { inputs: state, outputs: { networkId: found.Id } } : undefined;
  },

  update: async (_id, old) => ({ networkId: old.networkId }),

  delete: (id, state, context) => remove(id, state, context),
};

function insideOf({ Id, Labels }: NetworkInspect) {
  return { id: Id, labels: Labels };
}

function inspect(
  engine: EngineClient,
  nameOrId: string,
  context: Context,
): Promise<NetworkInspect | undefined> {
  return ifPresent(
    engine.get<NetworkInspect>(`inspect network ${nameOrId}`, `/networks/${nameOrId}`, {
      query: { scope: "swarm" },
      signal: context.signal,
    }),
  );
}

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
          const found = await inspect(engine, id, context);
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
