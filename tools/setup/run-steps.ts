import { Interrupted } from "./run-command";
import type { Display } from "./display";
import { SetupError, type Step } from "./step";

/** A step did not succeed: says which, why, and what to do. */
export class StepFailed extends Error {
  constructor(step: Step, cause: unknown) {
    const remedy = (cause instanceof SetupError && cause.remedy) || step.remedy;
    super(`${step.name}: ${message(cause)}\n\nWhat to do: ${remedy}`, { cause });
    this.name = "StepFailed";
  }
}

/** Runs the steps in order; each does only what is missing. The first failure ends the run. */
export async function runSteps(steps: Step[], display: Display): Promise<void> {
  for (const step of steps) {
    display.begin(step.name);
    try {
      const found = await step.check();
      const text = found === undefined ? await step.make((text) => display.progress(text)) : `found ${found}`;
      display.end("ok", text);
    } catch (error) {
      display.end("failed", "failed");
      if (error instanceof Interrupted) throw error;
      throw new StepFailed(step, error);
    }
  }
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
