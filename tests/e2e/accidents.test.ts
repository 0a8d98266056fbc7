import { BAD_PROGRAM, diagnostics, NOISE, problemsIn } from "./fixtures/reading";
import { upThrough } from "./fixtures/up-through";
import { testInAll } from "./harness/cases";
import { docker } from "./harness/docker";
import { NOTHING } from "./harness/leftovers";
import { measured } from "./harness/measured";
import { printed } from "./harness/run";
import { removeSpareMachine, spareMachine } from "./harness/spare-machine";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

const UP_MS = 180_000;
jest.setTimeout(UP_MS);

/** One cluster of 3 + 1 nodes for all accidents, in this order. */
const SETTINGS = { managers: 3, workers: [{ name: "app", count: 1, labels: { disk: "a" } }] };
const NAMES = ["app-1", "manager-1", "manager-2", "manager-3"];

let workspace: Workspace;
let witness: Witness;
beforeAll(async () => {
  workspace = await Workspace.create(SETTINGS);
  witness = new Witness(workspace.cluster);
});
afterAll(() => workspace?.remove());

/** All nodes Ready, each listed once, in one swarm; their IDs by name. */
async function soundNodes(manager?: string): Promise<Record<string, string>> {
  const asked = new Witness(workspace.cluster, manager);
  const nodes = await asked.nodes();
  expect(nodes.map(({ Description }) => Description.Hostname).sort()).toEqual(NAMES);
  expect(nodes.map(({ Status }) => Status.State)).toEqual(NAMES.map(() => "ready"));
  expect(await asked.clusterIds()).toHaveLength(1);
  return Object.fromEntries(nodes.map(({ ID, Description }) => [Description.Hostname, ID]));
}

test("a full disk is named, with what to do", async () => {
  const full = "mkdir /var/lib/docker/overlay2/x: no space left on device";
  const up = await upThrough(workspace, ({ refusals }) => {
    refusals.push({ on: /^POST .*\/containers\/create/, status: 500, body: { message: full } });
  });
  expect(up.code).not.toBe(0);
  expect(diagnostics(up)).toMatch(
    /create container .*no space left on device\. Free disk space on the machine/,
  );
  expect(diagnostics(up)).not.toMatch(NOISE);
  expect((await workspace.leftovers()).containers).toEqual([]);
});

test("the engine dies while nodes are made: a destroy removes what Pulumi never heard of", async () => {
  const up = await upThrough(workspace, (proxy) => {
    proxy.onRequest = (line) =>
      void (/\/containers\/.*\/start/.test(line) && setImmediate(() => proxy.cut()));
  });
  expect(up.code).not.toBe(0);
  expect(diagnostics(up)).toMatch(/Docker Engine: .*does not answer at unix:.*run the same command again/);
  expect(diagnostics(up)).not.toMatch(NOISE);
  expect((await workspace.leftovers()).containers).not.toEqual([]);
  await workspace.destroy();
  expect(await workspace.leftovers()).toEqual(NOTHING);
});

test.each([
  ["the first network is made", /\/networks\/create/],
  ["nodes start", /\/containers\/.*\/start/],
])("the engine dies while %s: the next up goes on from there", async (_when, request) => {
  const up = await upThrough(workspace, (proxy) => {
    proxy.onRequest = (line) => void (request.test(line) && setImmediate(() => proxy.cut()));
  });
  expect(up.code).not.toBe(0);
});

test("after all that one cluster comes up, and nothing is left to do", async () => {
  await workspace.up();
  await soundNodes();
  expect(await workspace.preview()).toEqual({});
});

test("a wrong program leaves the cluster as it was", async () => {
  const before = await soundNodes();
  const outputs = await workspace.outputs();
  workspace.configure({ managers: 4, workers: [{ name: "app", count: 2 }] });
  const wrong = await workspace.tryUp();
  workspace.configure(SETTINGS);
  expect(wrong.code).not.toBe(0);
  expect(problemsIn(wrong)).toEqual([expect.stringMatching(/^managers\.count: 4 is even: .* Use 3 .* or 5/)]);

  workspace.configure({ case: "stack" });
  const program = await workspace.tryUp(...BAD_PROGRAM);
  workspace.configure({ case: undefined });
  expect(program.code).not.toBe(0);
  expect(program.changes).toEqual({});

  expect(await soundNodes()).toEqual(before);
  expect(await workspace.outputs()).toEqual(outputs);
  expect(await workspace.preview()).toEqual({});
});

testInAll("of two updates at once the second reports the lock", async () => {
  await docker("stop", "--time", "1", witness.containerOf("app-1"));
  const first = workspace.startUp("--refresh");
  await printed(first, /refreshing/);
  const lock = await workspace.tryUp();
  expect(lock.code).not.toBe(0);
  expect(lock.text).toMatch(/currently locked by 1 lock.*pulumi cancel/s);
  expect(lock.changes).toEqual({});
  expect((await first.ended).code).toBe(0);
});

test("a worker that was stopped by hand runs again, as the same node", async () => {
  const before = await soundNodes();
  await docker("stop", "--time", "1", witness.containerOf("app-1"));
  const up = await workspace.up("--refresh");
  expect(up.changes).toMatchObject({ "LocalNode app-1": "update" });
  expect(await soundNodes()).toEqual(before);
});

testInAll(
  "containers that were removed by hand without their volumes come back as the same members",
  async () => {
    const before = await soundNodes();
    await docker(
      "rm",
      "--force",
      "--volumes",
      ...["app-1", "manager-2"].map((node) => witness.containerOf(node)),
    );
    await measured("repair: up --refresh after two containers were removed", () => workspace.up("--refresh"));
    expect(await soundNodes()).toEqual(before);
    expect(await workspace.preview()).toEqual({});
  },
);

test("a worker and the first manager that were removed by hand come back, without a dead twin", async () => {
  const before = await soundNodes();
  const clusterId = (await witness.swarm()).ID;
  for (const node of ["app-1", "manager-1"]) {
    await docker("rm", "--force", witness.containerOf(node));
    await docker("volume", "rm", witness.containerOf(node));
  }
  const up = await measured("repair: up --refresh after a worker and a manager were removed", () =>
    workspace.up("--refresh"),
  );
  expect(diagnostics(up)).not.toMatch(NOISE);
  const after = await soundNodes("manager-2");
  expect(after).toMatchObject({ "manager-2": before["manager-2"], "manager-3": before["manager-3"] });
  expect(after["manager-1"]).not.toBe(before["manager-1"]);
  expect(after["app-1"]).not.toBe(before["app-1"]);
  expect((await witness.swarm()).ID).toBe(clusterId);
  expect((await witness.node("app-1")).Spec.Labels).toEqual({ disk: "a" });
  expect(await workspace.preview()).toEqual({});
});

testInAll(
  "Ctrl-C while an update waits for a quorum ends it at once, and the next one does the rest",
  async () => {
    const away = ["manager-2", "manager-3"].map((node) => witness.containerOf(node));
    await docker("pause", ...away);
    try {
      workspace.configure({ workers: [{ name: "app", count: 1, labels: { disk: "b" } }] });
      const up = workspace.startUp();
      await printed(up, /NodeSpecs \S+ updating/);
      up.child.kill("SIGINT");
      const interrupted = await up.ended;
      expect(interrupted.code).not.toBe(0);
      expect(diagnostics(interrupted)).toMatch(/cancelled/);
      expect(diagnostics(interrupted)).not.toMatch(NOISE);
    } finally {
      await docker("unpause", ...away);
    }
    await workspace.up();
    await soundNodes();
    expect((await witness.node("app-1")).Spec.Labels).toEqual({ disk: "b" });
  },
);

test("a stranger that joins by the name of a manager is no successor of it", async () => {
  const before = await soundNodes();
  const stranger = await spareMachine(workspace.cluster, "manager-2", `${workspace.cluster}-stranger`);
  try {
    const token = await witness.joinToken("worker");
    const address = await witness.docker("info", "--format", "{{.Swarm.NodeAddr}}");
    await docker("exec", stranger, "docker", "swarm", "join", "--token", token, `${address}:2377`);
    workspace.configure({ managerNodeLabels: { "manager-1": { seen: "yes" } } });
    await workspace.up();

    const nodes = await witness.nodes();
    const ours = nodes.filter(({ ID }) => Object.values(before).includes(ID));
    expect(ours.map(({ Spec }) => `${Spec.Role} ${Spec.Availability}`).sort()).toEqual([
      ...Array<string>(3).fill("manager active"),
      "worker active",
    ]);
    const { stdout } = await workspace.swarm("status", "--json");
    expect((JSON.parse(stdout) as { drift: object[] }).drift).toEqual([
      { where: "node manager-2", wanted: "no member", actual: "ready" },
    ]);
  } finally {
    await removeSpareMachine(stranger);
  }
});
