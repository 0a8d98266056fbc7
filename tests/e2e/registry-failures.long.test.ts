import path from "node:path";
import { projectRoot } from "../../tools/setup/paths";
import { startSwarm, type TestSwarm } from "../../testing/testing";
import { appImage } from "./harness/app-image";
import { TestRegistry } from "./harness/test-registry";
import { Workspace, type Update } from "./harness/workspace";

jest.setTimeout(300_000);

const PROGRAM = ["--cwd", path.join(projectRoot, "tests", "e2e", "fixtures", "registry")];
const PASSWORD = `failures-${Date.now()}`;

let swarm: TestSwarm;
let registry: TestRegistry;
let workspace: Workspace;

beforeAll(async () => {
  const image = await appImage();
  swarm = await startSwarm({ managers: 1, workers: 1, images: [image], reuse: true });
  registry = await TestRegistry.start(swarm, PASSWORD);
  await registry.push(image, "shop:1", "1");
  workspace = await Workspace.create({
    ...{ manager: `${swarm.name}-manager-1`, server: registry.server, image: "shop:1" },
  });
});
afterAll(async () => {
  await workspace?.remove();
  await registry?.stop();
  await swarm?.stop();
});
afterEach(() => workspace.destroy(...PROGRAM));

/** An update that fails. */
async function failing(): Promise<Update> {
  const update = await workspace.tryUp(...PROGRAM);
  expect(update.code).not.toBe(0);
  return update;
}

test("a registry that wants a login says so, with what to write", async () => {
  const { text } = await failing();
  expect(text).toMatch(/cannot be had/);
  expect(text).toMatch(
    /Asked by \S+, its registry registry\.test:5000 says: .*(unauthorized|no basic auth).*It wants a login.*registries: \[\{ server: "registry\.test:5000", username, password \}\]/,
  );
});

test("an image that is not there is told in the registry's words", async () => {
  await workspace.configureSecret("password", PASSWORD);
  workspace.configure({ image: "nobody-has-this:1" });
  const { text } = await failing();
  expect(text).toMatch(/its registry registry\.test:5000 says: .*manifest unknown.*Push it/);
  workspace.configure({ image: "shop:1" });
});

test("a certificate that a manager does not trust is told before anything is deployed", async () => {
  await registry.distrust("manager-1");
  const { text } = await failing();
  expect(text).toMatch(
    /nothing was deployed:\n.*x509.*\/etc\/docker\/certs\.d\/registry\.test:5000\/ca\.crt/,
  );
  await registry.trust("manager-1");
});

test("one that a worker alone does not trust names the worker", async () => {
  await registry.distrust("worker-1");
  const { text } = await failing();
  expect(text).toMatch(/task shop_web\.1 on worker-1 is rejected: No such image/);
  expect(text).toMatch(/its registry registry\.test:5000 gives it/);
  await registry.trust("worker-1");
});
