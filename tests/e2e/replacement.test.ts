import { whileAsked } from "./harness/client";
import { diagnostics } from "./fixtures/reading";
import { docker } from "./harness/docker";
import { otherNodeImage } from "./harness/node-image";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

const UP_MS = 300_000;
jest.setTimeout(UP_MS);

const NAMES = ["app-1", "app-2", "manager-1", "manager-2", "manager-3"];
const SETTINGS = {
  managers: 3,
  workers: [{ name: "app", count: 2, labels: { zone: "b" } }],
  demo: true,
};

let workspace: Workspace;
let image: string;

beforeAll(async () => {
  workspace = await Workspace.create(SETTINGS);
  await workspace.up();
});
afterAll(async () => {
  await workspace?.remove();
  if (image) await docker("image", "rm", "--force", image);
});

test("all machines are replaced in one up: new ones join first, the swarm and its service go on", async () => {
  image = await otherNodeImage(workspace.cluster);
  const before = await witness().then((asked) => asked.nodes());
  const { ID } = await (await witness()).swarm();
  workspace.configure({ nodeImage: image });
  const { result: up, seen } = await whileAsked(workspace.cluster, () => workspace.tryUp());
  expect(up.code === 0 ? "" : diagnostics(up)).toBe("");
  const asked = await witness();
  const after = await asked.nodes();
  expect(after.map(({ Description }) => Description.Hostname)).toEqual(NAMES);
  expect(after.every(({ Status }) => Status.State === "ready")).toBe(true);
  expect((await asked.swarm()).ID).toBe(ID);
  const old = new Set(before.map((node) => node.ID));
  expect(after.filter((node) => old.has(node.ID))).toEqual([]);
  expect(seen.failures).toEqual([]);
  expect(await workspace.preview()).toEqual({});
});

/** Asks through whatever manager there is now. */
async function witness(): Promise<Witness> {
  return Witness.of(workspace);
}
