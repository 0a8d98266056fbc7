import path from "node:path";
import { projectRoot } from "../../tools/setup/paths";
import { startSwarm, type TestSwarm } from "../../testing/testing";
import { appImage } from "./harness/app-image";
import { Workspace } from "./harness/workspace";
import { asked } from "./stacks/asked";

jest.setTimeout(300_000);

const PROGRAM = ["--cwd", path.join(projectRoot, "tests", "e2e", "fixtures", "network-versions")];

let swarm: TestSwarm;
let workspace: Workspace;

beforeAll(async () => {
  swarm = await startSwarm({ managers: 1, workers: 2, images: [await appImage()], reuse: true });
  workspace = await Workspace.create({ dockerHost: swarm.dockerHost, network: {} });
});
afterAll(async () => {
  await workspace?.remove();
  await swarm?.stop();
});

const networks = async () =>
  (await swarm.docker("network", "ls", "--filter", "driver=overlay", "--format", "{{.Name}}"))
    .split("\n")
    .filter((name) => name && name !== "ingress");

test("a state of a former release, which does not tell the network's name, is no reason for a change", async () => {
  await workspace.up(...PROGRAM);
  expect(await networks()).toEqual(["shared"]);
  await workspace.rewriteState((resources) =>
    resources.map((resource) => {
      if (resource.type !== "swarm:index:Network") return resource;
      const { objectName, ...outputs } = resource.outputs ?? {};
      expect(objectName).toBe("shared");
      return { ...resource, outputs };
    }),
  );
  expect(await workspace.preview(...PROGRAM)).toEqual({});
});

test("a network of the program that changes gets a new version, to which both stacks move without a lost request", async () => {
  const before = await asked(swarm, "front");
  workspace.configure({ network: { attachable: true } });
  const { stdout, stderr } = await workspace.tryPreview("--diff", ...PROGRAM);
  const shown = stdout + stderr;
  expect(shown).toMatch(/network shared: its services are in shared and its new version for a while/);
  expect(shown).toMatch(
    /the network shared becomes another name, and its old name stands in .*services\.asking\.labels/,
  );
  expect(await workspace.preview(...PROGRAM)).toEqual({
    "Network shared": "replace",
    "SwarmStack front": "update",
    "SwarmStack back": "update",
  });
  const { text } = await workspace.up(...PROGRAM);
  const after = await asked(swarm, "front");
  expect(after.lost).toEqual(before.lost);
  for (const name of ["web", "tasks.web", "site"])
    expect(after.answered[name] - before.answered[name]).toBeGreaterThan(100);
  const [network] = await networks();
  expect(await networks()).toEqual([expect.stringMatching(/^shared-[0-9a-f]{10}$/)]);
  expect(await workspace.outputs()).toEqual({ front: [network], back: [network] });
  expect(text).toMatch(
    new RegExp(
      `the network shared becomes ${network}, and its old name stands in .*services\\.asking\\.labels`,
    ),
  );
});

test("nothing is left to do after that, and nothing has drifted", async () => {
  const { changes } = await workspace.refresh(...PROGRAM);
  expect(changes).toEqual({});
  expect(await workspace.preview(...PROGRAM)).toEqual({});
});

test("with the program the network goes", async () => {
  await workspace.destroy();
  expect(await networks()).toEqual([]);
});
