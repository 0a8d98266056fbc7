import type { NetworkInputs, NetworkOutputs } from "../../schema/objects";
import { ownerLabels } from "../../schema/owner";
import type { EngineClient } from "../../docker/engine-client";
import { isEngineError } from "../../docker/errors";
import type { NetworkInspect } from "../../docker/api/network";
import { createNetwork, deleteNetwork, inspectNetwork } from "../../docker/networks";
import { toldApart } from "../../docker/ownership";
import { SWARM_COMMAND } from "../../foundation/command-lines";
import { type Context, showPending } from "../../foundation/context";
import { waitFor, type Look } from "../../foundation/wait";
import { changeSwarm } from "../change-swarm";
import { deleteInSwarm, inSwarm } from "../own-swarm";
import { isForeignIn, withAdopted } from "../swarm-ownership";
import { insideOf, presentNetwork } from "./network-adopt";
import { leaveFormer } from "./network-leaving";
import { settingsOf } from "./network-settings";
import { usersOf } from "./network-users";
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

/**
 * Removes an overlay network. Services that are in a later version of it as well leave it before that; tasks that are being ended hold it for
 * a moment longer.
 */
export async function removeOverlay(
  id: string,
  state: NetworkInputs & Partial<NetworkOutputs>,
  context: Context,
): Promise<void> {
  // Settings that came back are the same network again.
  if (isWanted({ objectId: id }, context)) return;
  const name = state.objectName ?? state.name;
  const held = new Held();
  await waitFor(
    {
      name: "no task uses it any more",
      on: `network ${name}`,
      intervalMs: 500,
      timeoutMs: REMOVE_TIMEOUT_MS,
      stepwise: true,
      signal: context.signal,
      onPending: showPending(context, "waiting for its tasks to end"),
      remedy: `Look at what uses it: ${SWARM_COMMAND} docker network inspect --verbose ${name}`,
    },
    async () => {
      let look: Look<void> = { done: undefined };
      try {
        await deleteInSwarm(`the network ${name}`, state, context, async (engine, { Spec }) => {
          const found = await inspectNetwork(engine, id, context.signal);
          if (!found) return;
          if (isForeignIn(Spec.Labels, state.owner, insideOf(found))) {
            const why = toldApart(found.Labels, state.owner);
            return context.warn(`the network ${name} stays: it belongs to ${why}.`);
          }
          look = await attempt(engine, found, held, context);
        });
        return look;
      } catch (error) {
        if (isEngineError(error, "in-use")) return { pending: error.answer };
        throw error;
      }
    },
  );
}

/** Tasks of a network, fewer from look to look. */
class Held {
  private most = 0;

  /** How many have ended since there were most of them. */
  ended(tasks: number): number {
    this.most = Math.max(this.most, tasks);
    return this.most - tasks;
  }
}

async function attempt(
  engine: EngineClient,
  found: NetworkInspect,
  held: Held,
  context: Context,
): Promise<Look<void>> {
  const users = await usersOf(engine, found.Id, context);
  const leaving = await leaveFormer(engine, found, users, context);
  const { services, tasks } = users;
  // Of services that stay in it the engine's refusal names one.
  if (leaving > 0 || (services.length === 0 && tasks.length > 0))
    return { pending: `${tasks.length} tasks are in it`, reached: held.ended(tasks.length) };
  await deleteNetwork(engine, { id: found.Id, name: found.Name }, context.signal);
  return { done: undefined };
}
