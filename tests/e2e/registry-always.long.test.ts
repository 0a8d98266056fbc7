import path from "node:path";
import { projectRoot } from "../../tools/setup/paths";
import { startSwarm, type TestSwarm } from "../../testing/testing";
import { appImage } from "./harness/app-image";
import { TestRegistry } from "./harness/test-registry";
import { Workspace } from "./harness/workspace";

jest.setTimeout(300_000);

const PROGRAM = ["--cwd", path.join(projectRoot, "tests", "e2e", "fixtures", "registry")];
const PASSWORD = `always-${Date.now()}`;

let swarm: TestSwarm;
let registry: TestRegistry;
let workspace: Workspace;
let image: string;

beforeAll(async () => {
  image = await appImage();
  swarm = await startSwarm({ managers: 1, workers: 1, images: [image], reuse: true });
  registry = await TestRegistry.start(swarm, PASSWORD);
  workspace = await Workspace.create({
    ...{ manager: `${swarm.name}-manager-1`, server: registry.server, image: "shop:1" },
    resolveImage: "always",
  });
  await workspace.configureSecret("password", PASSWORD);
});
afterAll(async () => {
  await workspace?.remove();
  await registry?.stop();
  await swarm?.stop();
});

const digestOfState = async () =>
  (await workspace.outputs<{ services: { digest: string }[] }>()).services[0].digest;
const task = () => swarm.docker("service", "ps", "--quiet", "--filter", "desired-state=running", "shop_web");
const shortOf = (digest: string) => digest.slice(0, 19);

test("the same tag with another digest is seen by preview and up, and updates the service", async () => {
  const first = await registry.push(image, "shop:1", "1");
  await workspace.up(...PROGRAM);
  expect(await digestOfState()).toBe(first);
  expect(await workspace.preview(...PROGRAM)).toEqual({});
  const before = await task();
  expect((await workspace.up(...PROGRAM)).changes).toEqual({});
  expect(await task()).toBe(before);

  const second = await registry.push(image, "shop:1", "2");
  const preview = await workspace.tryPreview("--diff", ...PROGRAM);
  const tag = `${registry.server}/shop:1`;
  expect(preview.stdout + preview.stderr).toContain(
    `web: image ${tag} (${shortOf(first)}) → ${tag} (${shortOf(second)})`,
  );
  await workspace.up(...PROGRAM);
  expect(await digestOfState()).toBe(second);
  expect(await task()).not.toBe(before);
});

test("a registry that says nothing costs five seconds and a warning, and what runs stays", async () => {
  const before = await task();
  const digest = await digestOfState();
  await registry.pause();
  try {
    const preview = await workspace.tryPreview(...PROGRAM);
    expect(preview.code).toBe(0);
    expect(preview.stdout + preview.stderr).toMatch(
      /Not looked at, so that what runs of it stays: registry\.test:5000\/shop:1 \(its registry said nothing within 5 s\)/,
    );
    expect((await workspace.up(...PROGRAM)).changes).toEqual({});
  } finally {
    await registry.resume();
  }
  expect(await digestOfState()).toBe(digest);
  expect(await task()).toBe(before);
});
