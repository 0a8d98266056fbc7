import { isDeepStrictEqual } from "node:util";
import { ownerLabels } from "../contract/owner";
import type { SwarmInputs, SwarmOutputs } from "../contract/swarm";
import { connect } from "../engine/connect";
import { isEngineError } from "../engine/errors";
import { onManager } from "../engine/managers";
import { info } from "../engine/swarm-nodes";
import { changeSwarm, inspectSwarm, unlockKey, type Rotations } from "../engine/swarm";
import { actualSettings, applySettings, emptySpec } from "../engine/swarm-spec";
import type { SwarmInspect } from "../engine/swarm-types";
import { TransportError } from "../transport/transport";
import { checkSwarmSettings } from "../validation/swarm-settings";
import type { Context, Handler } from "./handler";
import { findSwarm, survey, type Candidate } from "./swarm-adopt";

/** A manager that leaves without quorum gives up on its raft group only after 20 s. */
const LEAVE_TIMEOUT_MS = 60_000;

/** The docker CLI's own. */
const DEFAULT_SUBNET_SIZE = 24;

/** What each rotation trigger asks the engine for, and the output that it renews. */
const ROTATIONS = {
  rotateWorkerToken: ["rotateWorkerToken", "workerToken"],
  rotateManagerToken: ["rotateManagerToken", "managerToken"],
  rotateUnlockKey: ["rotateManagerUnlockKey", "unlockKey"],
} as const;

/** The swarm itself: adopted where one of the managers is in it already, else initialised on exactly one. */
export const swarm: Handler<SwarmInputs, SwarmOutputs> = {
  fields: {
    owner: "replace",
    managers: "connection",
    ephemeral: "connection",
    adopt: "connection",
    defaultAddrPool: "replace",
    subnetSize: "replace",
    dataPathPort: "replace",
    taskHistoryRetentionLimit: "update",
    snapshotInterval: "update",
    keepOldSnapshots: "update",
    logEntriesForSlowFollowers: "update",
    dispatcherHeartbeatPeriod: "update",
    nodeCertExpiry: "update",
    autoLockManagers: "update",
    caForceRotate: "update",
    rotateWorkerToken: "update",
    rotateManagerToken: "update",
    rotateUnlockKey: "update",
  },
  outputs: ["clusterId", "managerToken", "workerToken", "unlockKey", "caCertificate", "createdAt"],
  secrets: ["managerToken", "workerToken", "unlockKey"],
  deleteBeforeReplace: true,
  renewed: renewedOutputs,

  check: (inputs) => checkSwarmSettings(inputs),

  async create(inputs, context) {
    const { swarm: present, free } = await survey(inputs, context);
    const fits = present && hasInitSettings(present.found, inputs);
    if (present && !fits) await dissolve(present, inputs, context);
    const candidates = present ? inputs.managers : free;
    const manager = fits ? present.manager : await initialise(inputs, candidates, context);
    // An adopted swarm gets our labels and settings; after init this finds nothing to change.
    await changeSwarm([manager], context, (spec) => {
      spec.Labels = { ...spec.Labels, ...ownerLabels(inputs.owner) };
      return applySettings(spec, inputs);
    });
    const outputs = await outputsOf({ ...inputs, managers: [manager] }, context);
    return { id: outputs.clusterId, outputs };
  },

  async read(_id, state, context) {
    const found = await findSwarm(state, context);
    if (!found || found.ID !== state.clusterId) return undefined;
    return {
      inputs: { ...state, ...actualSettings(found.Spec, state) },
      outputs: await outputsOf(state, context),
    };
  },

  async update(_id, old, inputs, context) {
    const rotations: Rotations = {};
    for (const [trigger, [flag]] of Object.entries(ROTATIONS)) {
      const name = trigger as keyof typeof ROTATIONS;
      if (old[name] !== inputs[name] && inputs[name] !== undefined) rotations[flag] = true;
    }
    await changeSwarm(inputs.managers, context, (spec) => applySettings(spec, inputs, old), rotations);
    return outputsOf(inputs, context);
  },

  /**
   * Machines that die with the cluster take the swarm along: leaving would only cost the time of a lost quorum.
   * Where a new swarm is wanted on the same machines, `create` dissolves the old one. Machines that stay leave here.
   */
  async delete(_id, state, context) {
    if (state.ephemeral) return;
    for (const manager of state.managers) await leave(manager, state.clusterId, context);
  },
};

function renewedOutputs(changed: string[]): (keyof SwarmOutputs)[] {
  const renewed = Object.entries(ROTATIONS)
    .filter(([trigger]) => changed.includes(trigger))
    .map(([, [, output]]) => output as keyof SwarmOutputs);
  if (changed.includes("caForceRotate")) renewed.push("caCertificate", "workerToken", "managerToken");
  if (changed.includes("autoLockManagers")) renewed.push("unlockKey");
  return renewed;
}

async function initialise(inputs: SwarmInputs, free: Candidate[], context: Context): Promise<Candidate> {
  const [first] = free;
  if (!first) {
    const names = inputs.managers.map(({ name }) => name).join(", ");
    throw new Error(
      `None of the managers (${names}) can initialise the swarm: each is a worker or still joining elsewhere. ` +
        "Look at `docker info` there, or make one leave: docker swarm leave --force",
    );
  }
  context.progress(`initialising the swarm on ${first.name}`);
  await connect(first.connection).post("initialise the swarm", "/swarm/init", {
    signal: context.signal,
    timeoutMs: 60_000,
    body: {
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
    },
  });
  return first;
}

function outputsOf(inputs: SwarmInputs, context: Context): Promise<SwarmOutputs> {
  return onManager(inputs.managers, context, async (engine) => {
    const found: SwarmInspect = await inspectSwarm(engine, context.signal);
    return {
      clusterId: found.ID,
      managerToken: found.JoinTokens.Manager,
      workerToken: found.JoinTokens.Worker,
      unlockKey: found.Spec.EncryptionConfig.AutoLockManagers ? await unlockKey(engine, context.signal) : "",
      caCertificate: found.TLSInfo.TrustRoot,
      createdAt: found.CreatedAt,
    };
  });
}

/** Whether a swarm was made with the settings that are fixed at init; what the program leaves open fits always. */
function hasInitSettings(
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
async function dissolve(
  { found }: { found: SwarmInspect },
  inputs: SwarmInputs,
  context: Context,
): Promise<void> {
  if (!inputs.ephemeral) {
    throw new Error(
      `The machines are in swarm ${found.ID}, which was made with other address pools or another data path port; ` +
        "those are fixed at init. Make every node leave it first (docker swarm leave --force): its services end.",
    );
  }
  context.progress(`dissolving swarm ${found.ID}, whose settings are fixed`);
  for (const manager of inputs.managers) await leave(manager, found.ID, context);
}

async function leave(manager: Candidate, clusterId: string, context: Context): Promise<void> {
  try {
    const engine = connect(manager.connection);
    const { Swarm } = await info(engine, context.signal);
    if (Swarm.Cluster?.ID !== clusterId) return;
    await engine.post("leave the swarm", "/swarm/leave", {
      query: { force: true },
      signal: context.signal,
      timeoutMs: LEAVE_TIMEOUT_MS,
    });
  } catch (error) {
    if (isEngineError(error, "not-in-swarm")) return;
    if (error instanceof TransportError && error.failure === "gone") return;
    throw error;
  }
}
