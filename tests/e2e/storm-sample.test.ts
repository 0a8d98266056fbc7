import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { judge } from "../storm/judge";
import { Recorder } from "../storm/recording";
import { reportOf } from "../storm/report";
import { storm } from "../storm/storm";

const STEPS = 2;
/** Equal steps in each run, so that what fails is news; `npm run test:storm` looks for other ones. */
const SEED = 1;

jest.setTimeout(600_000);

/** `npm run test:storm` is the whole of it. */
test("after edits and faults at random, one up --refresh makes the cluster whole", async () => {
  const seed = Number(process.env.STORM_SEED ?? SEED);
  const say = (text: string) => process.stdout.write(`${text}\n`);
  say(`STORM_SEED=${seed}`);
  const file = path.join(tmpdir(), `storm-${seed}-${process.pid}.jsonl`);
  const recorder = new Recorder(file, seed);
  const recording = await storm({ seed, steps: STEPS, recorder, onStep: say });
  const violations = judge(recording);
  if (violations.length > 0) say(`${reportOf(recording, violations)}\n\nrecorded in ${file}`);
  else rmSync(file);
  expect(violations).toEqual([]);
});
