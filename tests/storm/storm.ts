import { saveEvidence } from "../e2e/harness/evidence";
import { otherNodeImage } from "../e2e/harness/node-image";
import { Workspace } from "../e2e/harness/workspace";
import { CLI_KILLED } from "./faults";
import { judge } from "./judge";
import { FIRST, settingsOf, type Model } from "./model";
import { describeStep, planStep } from "./plan";
import { Random } from "./random";
import type { Recorder, Recording, StepRecord } from "./recording";
import { carryOut } from "./carry-out";

export interface StormOptions {
  seed: number;
  steps: number;
  recorder: Recorder;
  /** Told what is going to happen, and what came of it. */
  onStep(text: string): void;
}

/**
 * Makes a cluster, and step by step changes its program and breaks what it made; after each step one
 * `pulumi up --refresh` has to make it whole. Ends at the first step that could not be looked at: what follows would
 * only show its consequences.
 */
export async function storm({ seed, steps, recorder, onStep }: StormOptions): Promise<Recording> {
  const random = new Random(seed);
  const workspace = await Workspace.create();
  workspace.timeoutMs = 900_000;
  const recording: Recording = { seed, steps: [] };
  try {
    await configure(workspace, FIRST, [undefined, undefined]);
    await workspace.up();
    const images = [undefined, await otherNodeImage(workspace.cluster)];
    let model = FIRST;
    for (let number = 1; number <= steps; number++) {
      const step = planStep(number, model, random);
      onStep(`step ${number} of ${steps}: ${describeStep(step)}`);
      const record = await carryOut(workspace, step, () => configure(workspace, step.after, images));
      recording.steps.push(record);
      recorder.add(record);
      if (judge({ seed, steps: [record] }).length > 0) {
        // The engines' logs tell why only as long as they are there.
        const folder = await saveEvidence(`storm ${seed} step ${number}`, [workspace.cluster]);
        onStep(`  violated; what the engines said is in ${folder}`);
      }
      onStep(`  ${resultOf(record)}`);
      if (record.broken) break;
      model = step.after;
    }
  } finally {
    await workspace.remove();
  }
  return recording;
}

async function configure(
  workspace: Workspace,
  model: Model,
  images: readonly (string | undefined)[],
): Promise<void> {
  workspace.configure(settingsOf(model, images));
  await workspace.configureSecret("demoPassword", model.password);
}

function resultOf({ operations, asked, broken }: StepRecord): string {
  const ups = operations.map(({ code, seconds, killed }) =>
    killed ? CLI_KILLED : `${code === 0 ? "ok" : `exit code ${code}`} after ${seconds} s`,
  );
  return [ups.join(", "), `${asked.lost.length} of ${asked.requests} requests lost`, broken]
    .filter(Boolean)
    .join("; ");
}
