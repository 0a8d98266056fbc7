import type { SwarmInputs, SwarmOutputs } from "../../schema/swarm";
import { ageReached, renewedBy } from "../../swarm/keys/rotation";
import { changeSettings } from "../../swarm/keys/swarm-settings";
import { lockedManagers } from "../../swarm/keys/unlock-swarm";
import { isSwarmAsleep } from "../../swarm/managers";
import { findSwarm } from "../../swarm/membership/find-swarm";
import { disband, establish } from "../../swarm/membership/establish";
import { presentSwarm } from "../../swarm/membership/swarm-present";
import { swarmOutputs } from "../../swarm/swarm-outputs";
import { actualSettings } from "../../swarm/swarm-spec";
import { checkSwarmSettings } from "../../validation/swarm-settings";
import type { Handler } from "../handler";
import { ofSwarm, owned } from "../traits";

/** The swarm itself. */
export const swarm: Handler<SwarmInputs, SwarmOutputs> = {
  traits: [owned, ofSwarm],
  deleteBeforeReplace: true,
  renewed: renewedBy,
  due: ageReached,

  check: (inputs) => checkSwarmSettings(inputs),

  present: (inputs, context) => presentSwarm(inputs, context),

  async create(inputs, context) {
    const outputs = await establish(inputs, context);
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
      outputs: await swarmOutputs(state.managers, context, state),
    };
  },

  update: (_id, old, inputs, context) => changeSettings(old, inputs, context),

  delete: (_id, state, context) => disband(state, context),
};
