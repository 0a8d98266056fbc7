import { reportOf } from "../chaos/sweep/report";
import { SMALL_SCENARIOS } from "../chaos/sweep/scenarios";
import { sample, seedOfRun } from "../chaos/sweep/seed";
import { sweep, type Row } from "../chaos/sweep/sweep";

const POINTS = 1;

jest.setTimeout(600_000);

/** `npm run test:chaos` is the whole of it. */
test("an edit that is killed at a boundary, another one in each run, is finished by the next", async () => {
  const seed = seedOfRun();
  const [scenario] = sample(SMALL_SCENARIOS, 1, seed);
  const rows: Row[] = [];
  await sweep(
    scenario,
    (points) => sample(points, POINTS, seed),
    (row) => rows.push(row),
  );
  process.stdout.write(`${reportOf(rows)}\n`);
  expect(rows.filter(({ failure }) => failure)).toEqual([]);
  expect(rows.filter(({ killed }) => killed)).not.toEqual([]);
});
