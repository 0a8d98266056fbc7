import { randomInt } from "node:crypto";
import { tmpdir } from "node:os";
import path from "node:path";
import { judge } from "./judge";
import { Recorder, readRecording } from "./recording";
import { reportOf } from "./report";
import { storm } from "./storm";

const HOURS_MS = 12 * 3_600_000;
jest.setTimeout(HOURS_MS);

const say = (text: string) => process.stdout.write(`${text}\n`);

const { STORM_STEPS = "20", STORM_SEED = String(randomInt(1_000_000)), STORM_JUDGE } = process.env;

test("after each step of the storm one up --refresh makes the cluster whole", async () => {
  const recording = STORM_JUDGE ? readRecording(STORM_JUDGE) : await run();
  const violations = judge(recording);
  say(reportOf(recording, violations));
  expect(violations).toEqual([]);
});

async function run() {
  const seed = Number(STORM_SEED);
  const file = path.join(tmpdir(), `storm-${seed}.jsonl`);
  say(`seed ${seed}; every operation is recorded in ${file}`);
  return storm({ seed, steps: Number(STORM_STEPS), recorder: new Recorder(file, seed), onStep: say });
}
