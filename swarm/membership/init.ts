import { isDeepStrictEqual } from "node:util";
import { ownerLabels } from "../../schema/owner";
import type { SwarmInputs } from "../../schema/swarm";
import { connect } from "../../docker/connect";
import { initSwarm } from "../../docker/swarm";
import { forceLeaveIf } from "./force-leave";
import { withoutFormerGossip } from "../engines/former-gossip";
import { applySettings, emptySpec } from "../swarm-spec";
import type { SwarmInspect } from "../../docker/api/swarm";
import { TransportError } from "../../transport/transport";
import type { Context } from "../../foundation/context";
import type { Candidate } from "./find-swarm";

/** The docker CLI's own. */
const DEFAULT_SUBNET_SIZE = 24;
const INIT_TIMEOUT_MS = 60_000;

export async function initialise(
  inputs: SwarmInputs,
  free: Candidate[],
  context: Context,
): Promise<Candidate> {
  const [first] = free;
  if (!first) {
    const names = inputs.managers.map(({ name }) => name).join(", ");
    throw new Error(
      `None of the managers (${names}) can initialise the swarm: each is a worker or still joining elsewhere. ` +
        "Look at `docker info` there, or make one leave: docker swarm leave --force",
    );
  }
  await withoutFormerGossip(first, context);
  context.progress(`initialising the swarm on ${first.name}`);
  const wanted = {
    ListenAddr: first.listenAddr ?? "0.0.0.0:2377",
    AdvertiseAddr: first.advertiseAddr,
    DataPathAddr: first.dataPathAddr,
    DataPathPort: inputs.dataPathPort,
    DefaultAddrPool: inputs.defaultAddrPool,
    // With pools and without a size the engine takes 0, and no network of the swarm ever gets an address.
    SubnetSize: inputs.subnetSize ?? (inputs.defaultAddrPool && DEFAULT_SUBNET_SIZE),
    AutoLockManagers: inputs.autoLockManagers ?? false,
    // Drained until it is a complete member with its labels, like every other node.
    Availability: "drain",
    Spec: applySettings(emptySpec(ownerLabels(inputs.owner)), inputs),
  };
  const asked = { signal: context.signal, timeoutMs: INIT_TIMEOUT_MS };
  await initSwarm(connect(first.connection, context), "initialise the swarm", wanted, asked);
  return first;
}

/** Whether a swarm was made with the settings that are fixed at init; what the program leaves open fits always. */
export function hasInitSettings(
  found: SwarmInspect,
  { defaultAddrPool, subnetSize, dataPathPort }: SwarmInputs,
): boolean {
  return (
    (defaultAddrPool === undefined || isDeepStrictEqual(defaultAddrPool, found.DefaultAddrPool)) &&
    (subnetSize === undefined || subnetSize === found.SubnetSize) &&
    (dataPathPort === undefined || dataPathPort === found.DataPathPort)
  );
}

/** Ends a swarm of ours that was made with other init settings, on machines that are ours alone. */
export async function dissolve(
  { found }: { found: SwarmInspect },
  inputs: SwarmInputs,
  context: Context,
): Promise<void> {
  refuseToDissolve(found, inputs);
  context.progress(`dissolving swarm ${found.ID}, whose settings are fixed`);
  for (const manager of inputs.managers) await leave(manager, found.ID, context);
}

/** On machines that were there before, a swarm with other settings may be at work for somebody. */
export function refuseToDissolve({ ID }: SwarmInspect, { ephemeral }: SwarmInputs): void {
  if (ephemeral) return;
  throw new Error(
    `The machines are in swarm ${ID}, which was made with other address pools or another data path port; ` +
      "those are fixed at init. Make every node leave it first (docker swarm leave --force): its services end.",
  );
}

/** Nothing to do on a machine that is gone, or that is in another swarm by now. */
export async function leave(manager: Candidate, clusterId: string, context: Context): Promise<void> {
  try {
    await forceLeaveIf(({ Cluster }) => Cluster?.ID === clusterId, manager.connection, context);
  } catch (error) {
    if (error instanceof TransportError && error.failure === "gone") return;
    throw error;
  }
}
