import type { ManagerRef } from "../schema/connection";
import type { Owner } from "../schema/owner";
import type { DisruptionBudget } from "../schema/swarm";
import { rememberManagers } from "../swarm/known-managers";
import { isSwarmAsleep, NoManager } from "../swarm/managers";
import type { InSession } from "../foundation/session";
import { rememberBudget } from "../swarm/rollout/disruption";
import { rememberProtection } from "../swarm/volumes/protection";
import type { Trait } from "./handler";
import { noteOlder } from "../docker/ownership";
import { UNKNOWN, type Properties } from "./values";

/** It is somebody's: `owner`. */
export const owned: Trait = {
  stated: ({ owner }, within) => noteOlder(owner as Owner | undefined, within),
  /** An identity that the update will make: nothing that is there carries it. */
  previewed(inputs) {
    const owner = inputs.owner as Properties | undefined;
    return owner?.id === UNKNOWN ? { ...inputs, owner: { ...owner, id: "" } } : inputs;
  },
};

/** It lives in a swarm, whose managers it was told: `clusterId`, `managers`. The swarm itself was told them as well. */
export const ofSwarm: Trait = {
  stated: noteManagers,
  wanted: noteManagers,
  /** All its managers are stopped or locked, until the next update wakes them; or it is to be forgotten, for good. */
  unread({ forget }, error) {
    if (forget && error instanceof NoManager) return error.message;
    if (!isSwarmAsleep(error)) return undefined;
    return "all managers are stopped or locked. `pulumi up` starts and unlocks them; then refresh again.";
  },
};

/** Its nodes go out of service by a budget: `clusterId`, `disruption`. */
export const budgeted: Trait = {
  wanted({ clusterId, disruption }, within) {
    if (typeof clusterId === "string")
      rememberBudget(clusterId, disruption as DisruptionBudget | undefined, within);
  },
};

/** What lies on the machines of its nodes is protected: `clusterId`, `protectVolumes`. */
export const protective: Trait = {
  wanted({ clusterId, protectVolumes }, within) {
    if (typeof clusterId === "string")
      rememberProtection(clusterId, protectVolumes as boolean | undefined, within);
  },
};

function noteManagers({ clusterId, managers }: Properties, within: InSession): void {
  if (typeof clusterId === "string" && Array.isArray(managers))
    rememberManagers(clusterId, managers as ManagerRef[], within);
}
