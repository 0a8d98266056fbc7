import { diagnostics, NOISE } from "./fixtures/reading";
import { upThrough } from "./fixtures/up-through";
import { someOf } from "./harness/cases";
import { NOTHING } from "./harness/leftovers";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

jest.setTimeout(600_000);

let workspace: Workspace;
beforeAll(
  async () =>
    void (workspace = await Workspace.create({ managers: 1, workers: [{ name: "app", count: 1 }] })),
);
afterEach(async () => {
  await workspace.destroy();
  expect(await workspace.leftovers()).toEqual(NOTHING);
});
afterAll(() => workspace?.remove());

async function expectOneCluster(): Promise<void> {
  const witness = await Witness.of(workspace);
  expect(await witness.clusterIds()).toHaveLength(1);
  const nodes = await witness.nodes();
  expect(nodes.map(({ Description, Status }) => `${Description.Hostname} ${Status.State}`)).toEqual([
    "app-1 ready",
    "manager-1 ready",
  ]);
  expect((await workspace.leftovers()).containers).toHaveLength(2);
  expect(await workspace.preview()).toEqual({});
}

test("an engine that takes 1 to 5 s for each answer still gets its cluster", async () => {
  let requests = 0;
  const up = await upThrough(workspace, (proxy) => {
    proxy.delayOf = () => 1_000 + ((requests++ * 1_700) % 4_000);
  });
  expect(up.code === 0 ? "" : diagnostics(up)).toBe("");
  expect(requests).toBeGreaterThan(20);
  await expectOneCluster();
});

test.each(someOf([31, 11, 5], String, ["11"]))(
  "an engine that loses each %ith request: the up says what to do, and the next one does the rest",
  async (each) => {
    let requests = 0;
    const up = await upThrough(workspace, (proxy) => {
      proxy.drops = () => ++requests % each === 0;
    });
    if (up.code !== 0) {
      expect(diagnostics(up)).toMatch(/run the same command again/i);
      expect(diagnostics(up)).not.toMatch(NOISE);
    }
    expect(requests).toBeGreaterThanOrEqual(each);
    await workspace.up();
    await expectOneCluster();
  },
);
