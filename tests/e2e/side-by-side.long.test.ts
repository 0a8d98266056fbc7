import { demoStatus } from "./harness/demo-page";
import { NOTHING } from "./harness/leftovers";
import { Workspace } from "./harness/workspace";

const UP_MS = 240_000;
const workspaces: Workspace[] = [];

afterAll(() => Promise.all(workspaces.map((workspace) => workspace.remove())), UP_MS);

test(
  "two clusters on one engine do not see each other: no change, no drift, and each destroy takes its own",
  async () => {
    for (let count = 0; count < 2; count++)
      workspaces.push(await Workspace.create({ managers: 1, demo: true, demoReplicas: 1 }));
    const [first, second] = workspaces;
    await first.up();
    await second.up();
    expect((await first.refresh("--expect-no-changes")).changes).toEqual({});
    expect((await first.up("--expect-no-changes")).changes).toEqual({});

    await second.destroy();
    expect(await second.leftovers()).toEqual(NOTHING);
    expect((await first.refresh("--expect-no-changes")).changes).toEqual({});
    const { managers } = await first.outputs<{ managers: { address: string }[] }>();
    expect((await demoStatus(managers[0].address)).service).toBe("demo_web");

    await first.destroy();
    expect(await first.leftovers()).toEqual(NOTHING);
  },
  2 * UP_MS,
);
