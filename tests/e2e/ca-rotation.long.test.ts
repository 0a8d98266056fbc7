import { diagnostics } from "./fixtures/reading";
import { docker, tryDocker } from "./harness/docker";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

const UP_MS = 240_000;
jest.setTimeout(UP_MS);

/** With this long a time between signs of life, a node that hangs is Ready for half a minute and more. */
const SETTINGS = { dispatcherHeartbeatPeriod: "15s" };
const ROTATION = { ...SETTINGS, caForceRotate: 1, caRotationTimeout: "15s" };

let workspace: Workspace;
let witness: Witness;

beforeAll(async () => {
  const workers = [{ name: "app", count: 1 }];
  workspace = await Workspace.create({ managers: 1, workers, swarm: SETTINGS });
  witness = new Witness(workspace.cluster);
  await workspace.up();
});
afterAll(async () => {
  if (workspace) await tryDocker("unpause", witness.containerOf("app-1"));
  await workspace?.remove();
});

async function root(): Promise<string> {
  return (await witness.swarm()).TLSInfo.TrustRoot;
}

test("a rotation of the root CA that a node holds up ends at its deadline, with the node and what to do", async () => {
  await docker("pause", witness.containerOf("app-1"));
  workspace.configure({ swarm: ROTATION });
  const up = await workspace.tryUp();
  expect(up.code).not.toBe(0);
  expect(diagnostics(up)).toMatch(
    /the swarm: waited 15 s until every node has a certificate of the new root CA; last seen: waiting for app-1 \((ready|down)\)\. The rotation goes on by itself.*Bring them back or remove them, and run the same command again/,
  );
});

test("while that node is down the next up says that the rotation cannot end", async () => {
  await witness.untilState("app-1", "down");
  const up = await workspace.tryUp();
  expect(up.code).not.toBe(0);
  expect(diagnostics(up)).toMatch(
    /The rotation of the root CA has begun and cannot end: app-1 is down.*Bring them back/,
  );
});

test("once the node is back the next up ends the same rotation", async () => {
  await docker("unpause", witness.containerOf("app-1"));
  await witness.untilState("app-1", "ready");
  expect((await workspace.up()).changes).toMatchObject({ [`Swarm ${workspace.cluster}`]: "update" });
  expect((await witness.swarm()).Spec.CAConfig.ForceRotate).toBe(1);
  for (const node of ["app-1", "manager-1"]) {
    const file = "/var/lib/docker/swarm/certificates/swarm-root-ca.crt";
    expect(await docker("exec", witness.containerOf(node), "cat", file)).toBe((await root()).trim());
  }
  expect(await workspace.preview()).toEqual({});
});
