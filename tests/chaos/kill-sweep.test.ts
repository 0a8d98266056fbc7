import { Workspace } from "../e2e/harness/workspace";
import { CREATE, POOL, SCALE, UPDATE } from "./sweep/scenarios";
import { reportOf } from "./sweep/report";
import { killPointsOf } from "./sweep/kill-points";
import { sample, seedOfRun } from "./sweep/seed";
import { editsOf, killAndFinish, rehearse, type Row, type Scenario } from "./sweep/sweep";

/** Points per direction of a scenario; all of them by default. */
const MOST = Number(process.env.CHAOS_POINTS ?? Infinity);
const HOUR_MS = 3_600_000;

jest.setTimeout(HOUR_MS);

const seed = seedOfRun();
const rows: Row[] = [];
let workspace: Workspace;

afterEach(() => workspace?.remove());
afterAll(() => process.stdout.write(`${reportOf(rows)}\n`));

test.each([CREATE, UPDATE, SCALE, POOL])(
  "$name: killed at any boundary, the next run ends in one cluster",
  async (scenario: Scenario) => {
    workspace = await Workspace.create();
    if (scenario.from !== "nothing") {
      workspace.configure(scenario.from);
      await workspace.up();
    }
    const edits = editsOf(scenario);
    const points = [];
    for (const edit of edits) points.push(sample(killPointsOf(await rehearse(workspace, edit)), MOST, seed));
    const before = rows.length;
    for (let index = 0; index < Math.max(...points.map(({ length }) => length)); index++) {
      for (const [direction, edit] of edits.entries()) {
        const own = points[direction];
        const row = await killAndFinish(workspace, edit, own[index % own.length]);
        rows.push(row);
        process.stdout.write(`${reportOf([row])}\n`);
      }
    }
    expect(rows.slice(before).filter(({ failure }) => failure)).toEqual([]);
  },
);
