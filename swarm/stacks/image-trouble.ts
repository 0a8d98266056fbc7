import { isEngineError } from "../../docker/errors";
import { imageDigest, registryOf } from "../../docker/registries";
import { registryProblem } from "../../docker/registry-problems";
import type { SwarmStackInputs } from "../../schema/stack";
import type { Context } from "../../foundation/context";
import { onManager } from "../managers";
import { NoImage } from "../rollout/convergence";
import { loginFor } from "./registry-logins";
import { whileTrusted } from "./trusted-registries";

/** The image's deadline, and this on top, stay below a minute. */
const LOOK_MS = 15_000;

/** What a registry says to a manager of an image that a task could not get; empty where it was something else that failed. */
export async function imageTrouble(
  error: unknown,
  inputs: SwarmStackInputs,
  context: Context,
): Promise<string> {
  if (!(error instanceof NoImage)) return "";
  const { image } = error;
  const late = AbortSignal.timeout(LOOK_MS);
  const signal = AbortSignal.any([context.signal, late]);
  try {
    return await onManager(inputs.managers, { ...context, signal }, async (engine) => {
      const who = `Asked by ${engine.node}, its registry ${registryOf(image)}`;
      try {
        await whileTrusted(engine.transport, inputs, context, () =>
          imageDigest(engine, image, loginFor(image, inputs), signal),
        );
        return `${who} gives it: see why the task's node does not get it in the log of its engine.`;
      } catch (refusal) {
        if (!isEngineError(refusal)) throw refusal;
        const answer = refusal.answer.trim();
        return `${who} says: ${answer}. ${registryProblem(answer, registryOf(image)) ?? ""}`.trim();
      }
    });
  } catch {
    return context.signal.aborted ? "" : `Its registry ${registryOf(image)} gives no answer.`;
  }
}
