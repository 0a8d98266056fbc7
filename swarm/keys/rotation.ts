import type { SwarmInputs, SwarmOutputs } from "../../schema/swarm";
import type { Rotations } from "../change-swarm";
import { parseDuration } from "../../validation/duration";

type State = SwarmInputs & SwarmOutputs;

/** What rotates: the trigger, the age, what the engine is asked for, the output that is renewed, and the time of it. */
const ROTATIONS = [
  {
    trigger: "rotateWorkerToken",
    every: "rotateWorkerTokenEvery",
    flag: "rotateWorkerToken",
    output: "workerToken",
    rotatedAt: "workerTokenRotatedAt",
  },
  {
    trigger: "rotateManagerToken",
    every: "rotateManagerTokenEvery",
    flag: "rotateManagerToken",
    output: "managerToken",
    rotatedAt: "managerTokenRotatedAt",
  },
  {
    trigger: "rotateUnlockKey",
    every: "rotateUnlockKeyEvery",
    flag: "rotateManagerUnlockKey",
    output: "unlockKey",
    rotatedAt: "unlockKeyRotatedAt",
  },
] as const;

/** The ages that have come: each counts as a change of its input, so that an update rotates. */
export function ageReached(old: State, inputs: SwarmInputs): (keyof SwarmInputs)[] {
  return ROTATIONS.filter((rotation) => isOld(rotation, old, inputs)).map(({ every }) => every);
}

/** What an update has to rotate: where a trigger has another value, or the age has come. */
export function dueRotations(old: State, inputs: SwarmInputs): Rotations {
  const due = ROTATIONS.filter((rotation) => {
    const { trigger, output } = rotation;
    // A key that is made just now needs no second one.
    if (output === "unlockKey" && !(old.autoLockManagers && inputs.autoLockManagers)) return false;
    const triggered = inputs[trigger] !== undefined && old[trigger] !== inputs[trigger];
    return triggered || isOld(rotation, old, inputs);
  });
  return Object.fromEntries(due.map(({ flag }) => [flag, true]));
}

/** Outputs that a change of these inputs renews. */
export function renewedBy(changed: string[]): (keyof SwarmOutputs)[] {
  const renewed: (keyof SwarmOutputs)[] = ROTATIONS.filter(
    ({ trigger, every }) => changed.includes(trigger) || changed.includes(every),
  ).flatMap(({ output, rotatedAt }) => [output, rotatedAt]);
  if (renewed.includes("unlockKey")) renewed.push("previousUnlockKeys");
  if (changed.includes("caForceRotate")) {
    renewed.push(
      "caCertificate",
      "workerToken",
      "workerTokenRotatedAt",
      "managerToken",
      "managerTokenRotatedAt",
    );
  }
  if (changed.includes("autoLockManagers")) renewed.push("unlockKey", "unlockKeyRotatedAt");
  return renewed;
}

function isOld(rotation: (typeof ROTATIONS)[number], old: State, inputs: SwarmInputs): boolean {
  const every = inputs[rotation.every];
  const age = every === undefined ? undefined : parseDuration(every);
  if (age === undefined || !old[rotation.output]) return false;
  const rotatedAt = Date.parse(old[rotation.rotatedAt] ?? old.createdAt);
  return Date.now() - rotatedAt >= age;
}
