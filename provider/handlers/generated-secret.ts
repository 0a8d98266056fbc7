import { randomInt } from "node:crypto";
import type { GeneratedSecretInputs, GeneratedSecretOutputs } from "../../schema/generated-secret";
import { parseDuration } from "../../validation/duration";
import { charactersOf, checkGenerated, DEFAULT_LENGTH } from "../../validation/generated-secret";
import type { Handler } from "../handler";

type State = GeneratedSecretInputs & GeneratedSecretOutputs;

/**
 * The content of a secret, made at random. It is in the state, encrypted, before the swarm is told of it: a run that is interrupted
 * in between leaves no secret behind whose content nobody knows.
 */
export const generatedSecret: Handler<GeneratedSecretInputs, GeneratedSecretOutputs> = {
  due: (old, inputs) => (isOld(old, inputs) ? ["rotateEvery"] : []),
  renewed: (_changed, old, inputs) => (isDue(old, inputs) ? ["value", "rotatedAt"] : []),

  check: checkGenerated,

  create(inputs) {
    const outputs = generate(inputs);
    return Promise.resolve({ id: `generated-${outputs.rotatedAt}`, outputs });
  },

  read: (_id, state) => Promise.resolve({ inputs: state, outputs: made(state) }),

  update: (_id, old, inputs) => Promise.resolve(isDue(old, inputs) ? generate(inputs) : made(old)),

  delete: () => Promise.resolve(),
};

function generate({ length = DEFAULT_LENGTH, charset }: GeneratedSecretInputs): GeneratedSecretOutputs {
  const characters = charactersOf(charset);
  // randomInt has no bias towards some numbers, as a remainder of random bytes would have.
  const value = Array.from({ length }, () => characters[randomInt(characters.length)]).join("");
  return { value, rotatedAt: new Date().toISOString() };
}

function made({ value, rotatedAt }: State): GeneratedSecretOutputs {
  return { value, rotatedAt };
}

/** Whether another text is to be made: for a new trigger, at the age, and where it is to be of another length or charset. */
function isDue(old: State, inputs: GeneratedSecretInputs): boolean {
  const isTriggered = inputs.rotate !== undefined && old.rotate !== inputs.rotate;
  const isOther =
    (old.length ?? DEFAULT_LENGTH) !== (inputs.length ?? DEFAULT_LENGTH) ||
    charactersOf(old.charset) !== charactersOf(inputs.charset);
  return isTriggered || isOther || isOld(old, inputs);
}

function isOld({ rotatedAt }: State, { rotateEvery }: GeneratedSecretInputs): boolean {
  const age = rotateEvery === undefined ? undefined : parseDuration(rotateEvery);
  return age !== undefined && Date.now() - Date.parse(rotatedAt) >= age;
}
