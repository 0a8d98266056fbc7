import path from "node:path";
import { projectRoot } from "../../tools/setup/paths";
import { appImage } from "./harness/app-image";
import { pushThrough, type PushTarget } from "./harness/push";
import { registryImage } from "./harness/test-registry";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

jest.setTimeout(300_000);

const PROGRAM = ["--cwd", path.join(projectRoot, "tests", "e2e", "fixtures", "cluster-registry")];

/** A cluster with a registry on its first worker, and a drained manager. */
let workspace: Workspace;
let witness: Witness;

beforeAll(async () => {
  const app = await appImage();
  workspace = await Workspace.create({ workers: 1, node: "app-1", registryImage: await registryImage() });
  witness = new Witness(workspace.cluster);
  await workspace.up(...PROGRAM);
  const registry = await workspace.outputs<PushTarget>();
  await pushThrough(witness.containerOf("app-1"), app, registry, "shop:1");
  workspace.configure({ image: "shop:1" });
  await workspace.up(...PROGRAM);
});
afterAll(() => workspace?.remove());

const tasks = async () => {
  const format = "{{.Node}} {{.DesiredState}} {{.CurrentState}} {{.Error}}";
  return (await witness.docker("service", "ps", "--format", format, "shop_web")).trim().split("\n");
};

test("a worker that joins trusts the registry and runs an image of it in the same update, whose stacks do not change", async () => {
  workspace.configure({ workers: 2 });
  const { changes } = await workspace.up(...PROGRAM);
  expect(Object.keys(changes).filter((name) => name.startsWith("SwarmStack"))).toEqual([]);
  expect(await tasks()).toContainEqual(expect.stringMatching(/^app-2 Running Running/));
});

test("so does one that joins while the stack changes", async () => {
  workspace.configure({ workers: 3, label: "2" });
  await workspace.up(...PROGRAM);
  const running = (await tasks()).filter((line) => / Running Running/.test(line));
  expect(running.map((line) => line.split(" ")[0]).sort()).toEqual(["app-1", "app-2", "app-3"]);
  expect(await workspace.preview(...PROGRAM)).toEqual({});
});
