import { reportOf } from "./sweep/report";
import { SCENARIOS } from "./sweep/scenarios";
import { sample, seedOfRun } from "./sweep/seed";
import { sweep, type Row } from "./sweep/sweep";

/** Points per direction of a scenario; all of them by default. */
const MOST = Number(process.env.CHAOS_POINTS ?? Infinity);
const HOURS_MS = 3 * 3_600_000;

jest.setTimeout(HOURS_MS);

const seed = seedOfRun();
const rows: Row[] = [];
afterAll(() => process.stdout.write(`${reportOf(rows)}\n`));

test.each(SCENARIOS)(
  "$name: whatever boundary it is killed at, the next run ends in one cluster",
  async (scenario) => {
    const own: Row[] = [];
    await sweep(
      scenario,
      (points) => sample(points, MOST, seed),
      (row) => {
        own.push(row);
        rows.push(row);
        process.stdout.write(`${reportOf([row])}\n`);
      },
    );
    expect(own.filter(({ failure }) => failure)).toEqual([]);
    expect(own.filter(({ killed }) => killed)).not.toEqual([]);
  },
);
