import type { SwarmInputs, SwarmOutputs } from "../../schema/swarm";
import { refuseRotationWithNodesDown, rootRotated } from "../../swarm/keys/ca-rotation";
import { isSwarmAsleep, NoManager, onManager } from "../../swarm/managers";
import { inspectSwarm, unlockKey } from "../../docker/swarm";
import { changeSwarm } from "../../swarm/change-swarm";
import { isForeignSwarm } from "../../swarm/swarm-ownership";
import { actualSettings, applySettings } from "../../swarm/swarm-spec";
import { parseDuration } from "../../validation/duration";
import { checkSwarmSettings } from "../../validation/swarm-settings";
import type { Handler } from "../handler";
import type { Context } from "../../foundation/context";
import { whyNotOurs } from "../../swarm/own-swarm";
import { findSwarm, makeOurs, refuseForeignSwarm, survey } from "../../swarm/membership/adopt";
import { dissolve, hasInitSettings, initialise, leave } from "../../swarm/membership/init";
import { presentSwarm, tellOfAdoption } from "../../swarm/membership/swarm-present";
import { ageReached, dueRotations, outputsFrom, renewedBy } from "../../swarm/keys/rotation";
import { lockedManagers, unlockAll } from "../../swarm/keys/unlock-swarm";
import { ofSwarm, owned } from "../traits";

/** The swarm itself: adopted where one of the managers is in it already, else initialised on exactly one. */
export const swarm: Handler<SwarmInputs, SwarmOutputs> = {
  traits: [owned, ofSwarm],
  deleteBeforeReplace: true,
  renewed: renewedBy,
  due: ageReached,

  check: (inputs) => checkSwarmSettings(inputs),

  present: (inputs, context) => presentSwarm(inputs, context),

  async create(inputs, context) {
    const { swarm: present, free } = await survey(inputs, context);
    const fits = present && hasInitSettings(present.found, inputs);
    if (present && !fits) await dissolve(present, inputs, context);
    if (fits) await tellOfAdoption(present, inputs, context);
    const candidates = present ? inputs.managers : free;
    const manager = fits ? present.manager : await initialise(inputs, candidates, context);
    if (fits) await makeOurs(present.found, [manager], inputs.owner, context);
    // An adopted swarm gets our settings; after init this finds nothing to change.
    await changeSwarm([manager], context, (spec) => applySettings(spec, inputs));
    const outputs = await outputsOf({ ...inputs, managers: [manager] }, context);
    return { id: outputs.clusterId, outputs };
  },

  async read(_id, state, context) {
    let found;
    try {
      found = await findSwarm(state, context);
    } catch (error) {
      if (!state.autoLockManagers || !isSwarmAsleep(error)) throw error;
      // Managers that are stopped or locked answer nothing else: only that is known, and the rest stays as it was.
      const asleep = { ...state, unlocked: false };
      return { inputs: asleep, outputs: asleep };
    }
    if (!found || found.ID !== state.clusterId) return undefined;
    const locked = state.autoLockManagers ? await lockedManagers(state.managers, context) : [];
    return {
      inputs: { ...state, ...actualSettings(found.Spec, state), unlocked: locked.length === 0 },
      outputs: await outputsOf(state, context, state),
    };
  },

  async update(_id, old, inputs, context) {
    if (inputs.unlocked && !old.unlocked) await unlockAll(inputs.managers, old, context);
    const rotatesCa = inputs.caForceRotate !== undefined && inputs.caForceRotate !== old.caForceRotate;
    if (rotatesCa) await refuseRotationWithNodesDown(inputs.managers, context);
    const found = await onManager(inputs.managers, context, (engine) => inspectSwarm(engine, context.signal));
    if (isForeignSwarm(inputs.owner, found.Spec.Labels))
      refuseForeignSwarm(inputs.managers[0].name, found, inputs, context);
    await makeOurs(found, inputs.managers, inputs.owner, context);
    const rotations = dueRotations(old, inputs);
    await changeSwarm(inputs.managers, context, (spec) => applySettings(spec, inputs, old), rotations);
    if (rotatesCa) {
      const timeoutMs = context.timeoutMs ?? parseDuration(inputs.caRotationTimeout ?? "");
      await rootRotated(inputs.managers, { ...context, timeoutMs });
    }
    return outputsOf(inputs, context, old);
  },

  /**
   * Machines that die with the cluster take the swarm along: leaving would only cost the time of a lost quorum.
   * Where a new swarm is wanted on the same machines, `create` dissolves the old one. Machines that stay leave here.
   */
  async delete(_id, state, context) {
    if (state.ephemeral) return;
    const why = await whyTakenOver(state, context);
    if (why) return context.warn(`the machines stay in it: ${why}.`);
    for (const manager of state.managers) await leave(manager, state.clusterId, context);
  },
};

/** Nothing where nobody can tell: then it ends as the state says. */
async function whyTakenOver(
  state: SwarmInputs & SwarmOutputs,
  context: Context,
): Promise<string | undefined> {
  try {
    const found = await findSwarm(state, context);
    return found && whyNotOurs(found, state);
  } catch (error) {
    if (error instanceof NoManager) return undefined;
    throw error;
  }
}

function outputsOf(inputs: SwarmInputs, context: Context, old?: SwarmOutputs): Promise<SwarmOutputs> {
  return onManager(inputs.managers, context, async (engine) => {
    const found = await inspectSwarm(engine, context.signal);
    const locks = found.Spec.EncryptionConfig.AutoLockManagers;
    return outputsFrom(found, locks ? await unlockKey(engine, context.signal) : "", old);
  });
}
