import { diagnostics } from "./fixtures/reading";
import { someOf, testInAll } from "./harness/cases";
import { docker, tryDocker } from "./harness/docker";
import { measured } from "./harness/measured";
import { removeSpareMachine, spareMachine } from "./harness/spare-machine";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

const UP_MS = 240_000;
jest.setTimeout(UP_MS);

/** One cluster of 3 managers for everything that is rotated. */
let workspace: Workspace;
let witness: Witness;
let clusterId: string;
let swarmName: string;

beforeAll(async () => {
  workspace = await Workspace.create({ managers: 3 });
  witness = new Witness(workspace.cluster);
  await workspace.up();
  clusterId = (await witness.swarm()).ID;
  swarmName = `Swarm ${workspace.cluster}`;
});
afterAll(() => workspace?.remove());

/** All members Ready, managers Reachable, in the swarm of the beginning. */
async function expectSound(workers = 0): Promise<void> {
  // A leader that was just elected does not know the others' state yet.
  for (const { Description } of await witness.nodes())
    await witness.untilState(Description.Hostname, "ready");
  const nodes = await witness.nodes();
  expect(nodes).toHaveLength(3 + workers);
  expect(nodes.filter(({ ManagerStatus }) => ManagerStatus?.Reachability === "reachable")).toHaveLength(3);
  expect((await witness.swarm()).ID).toBe(clusterId);
}

async function tokens(): Promise<{ worker: string; manager: string }> {
  return { worker: await witness.joinToken("worker"), manager: await witness.joinToken("manager") };
}

/** Every field that can change while the swarm lives, by the part of the engine's spec that it is in. */
const UPDATABLE: [string, object, string, object][] = [
  [
    "taskHistoryRetentionLimit",
    { taskHistoryRetentionLimit: 3 },
    "Orchestration",
    { TaskHistoryRetentionLimit: 3 },
  ],
  ["snapshotInterval", { snapshotInterval: 9000 }, "Raft", { SnapshotInterval: 9000 }],
  ["keepOldSnapshots", { keepOldSnapshots: 1 }, "Raft", { KeepOldSnapshots: 1 }],
  [
    "logEntriesForSlowFollowers",
    { logEntriesForSlowFollowers: 400 },
    "Raft",
    { LogEntriesForSlowFollowers: 400 },
  ],
  ["dispatcherHeartbeatPeriod", { dispatcherHeartbeatPeriod: "7s" }, "Dispatcher", { HeartbeatPeriod: 7e9 }],
  ["nodeCertExpiry", { nodeCertExpiry: "1000h" }, "CAConfig", { NodeCertExpiry: 1000 * 3600e9 }],
  ["autoLockManagers", { autoLockManagers: true }, "EncryptionConfig", { AutoLockManagers: true }],
];

describe("settings of the swarm", () => {
  let before: Awaited<ReturnType<Witness["swarm"]>>["Spec"];
  beforeAll(async () => {
    before = (await witness.swarm()).Spec;
  });

  test.each(someOf(UPDATABLE, ([field]) => field, ["snapshotInterval", "autoLockManagers"]))(
    "%s changes alone, and the one before it is as it was",
    async (_name, setting, part, written) => {
      workspace.configure({ swarm: setting });
      expect((await workspace.up()).changes).toEqual({ [swarmName]: "update" });
      expect((await witness.swarm()).Spec).toEqual({ ...before, [part]: { ...before[part], ...written } });
    },
  );

  test("with no setting all are as before", async () => {
    workspace.configure({ swarm: undefined });
    await workspace.up();
    expect((await witness.swarm()).Spec).toEqual(before);
  });
});

describe("join tokens by age", () => {
  testInAll("a token that is young enough stays", async () => {
    const before = await tokens();
    workspace.configure({ swarm: { rotateWorkerTokenEvery: "30d", rotateManagerTokenEvery: "30d" } });
    expect((await workspace.up()).changes).toEqual({ [swarmName]: "update" });
    expect(await tokens()).toEqual(before);
    expect(await workspace.preview()).toEqual({});
  });

  test("the workers' token alone is rotated at its age; the old one is refused, and members stay", async () => {
    const [before, ids] = [await tokens(), await witness.nodeIds()];
    workspace.configure({ swarm: { rotateWorkerTokenEvery: "1s" } });
    await workspace.up();
    const after = await tokens();
    expect(after.manager).toBe(before.manager);
    expect(after.worker).not.toBe(before.worker);
    expect(await witness.nodeIds()).toEqual(ids);

    const machine = await spareMachine(workspace.cluster);
    try {
      const address = `${(await witness.node("manager-1")).Status.Addr}:2377`;
      const join = (token: string) =>
        tryDocker("exec", machine, "docker", "swarm", "join", "--token", token, address);
      expect((await join(before.worker)).stderr).toMatch(/valid join token is necessary/);
    } finally {
      await removeSpareMachine(machine);
    }
  });

  testInAll(
    "a second later it is due again, the managers' token as well where the program says so",
    async () => {
      const before = await tokens();
      workspace.configure({ swarm: { rotateManagerTokenEvery: "1s" } });
      await workspace.up();
      expect((await tokens()).worker).toBe(before.worker);
      expect((await tokens()).manager).not.toBe(before.manager);
      workspace.configure({ swarm: undefined });
      await workspace.up();
      expect(await workspace.preview()).toEqual({});
    },
  );
});

test("a node that joins with a token that was rotated meanwhile takes the new one", async () => {
  await witness.docker("swarm", "join-token", "--rotate", "--quiet", "worker");
  workspace.configure({ workers: [{ name: "app", count: 1 }] });
  await workspace.up();
  await expectSound(1);
});

describe("the root CA", () => {
  const certificate = (container: string) =>
    docker("exec", container, "cat", "/var/lib/docker/swarm/certificates/swarm-root-ca.crt");

  test("a rotation is refused while a node is down, and says which", async () => {
    const before = (await witness.swarm()).TLSInfo.TrustRoot;
    await docker("stop", "--time", "1", witness.containerOf("app-1"));
    await witness.untilState("app-1", "down");
    workspace.configure({ swarm: { caForceRotate: 1 } });
    const up = await workspace.tryUp();
    expect(up.code).not.toBe(0);
    expect(diagnostics(up)).toMatch(/The root CA was not rotated: app-1 is down.*Bring them back/);
    expect((await witness.swarm()).TLSInfo.TrustRoot).toBe(before);
    await docker("start", witness.containerOf("app-1"));
    await witness.untilState("app-1", "ready");
  });

  test("with all nodes up it ends when every one has a certificate of the new root, and the tokens follow", async () => {
    const [before, old] = [(await witness.swarm()).TLSInfo.TrustRoot, await tokens()];
    expect((await workspace.up()).changes).toMatchObject({ [swarmName]: "update" });
    const root = (await witness.swarm()).TLSInfo.TrustRoot;
    expect(root).not.toBe(before);
    for (const node of ["app-1", "manager-1", "manager-2", "manager-3"]) {
      expect((await certificate(witness.containerOf(node))).trim()).toBe(root.trim());
    }
    expect((await tokens()).worker).not.toBe(old.worker);
    await expectSound(1);
    expect(await workspace.preview()).toEqual({});
  });

  testInAll("a new life of the certificates changes that alone", async () => {
    const before = (await witness.swarm()).Spec;
    workspace.configure({ swarm: { caForceRotate: 1, nodeCertExpiry: "720h" } });
    expect((await workspace.up()).changes).toEqual({ [swarmName]: "update" });
    const after = (await witness.swarm()).Spec;
    expect(after).toEqual({ ...before, CAConfig: { ...before.CAConfig, NodeCertExpiry: 720 * 3600e9 } });
  });
});

describe("autolock", () => {
  const restart = async (...nodes: string[]) => {
    await docker("restart", "--time", "1", ...nodes.map((node) => witness.containerOf(node)));
  };
  const unlockedBy = async (...locked: string[]) => {
    const up = await measured("repair: up --refresh with locked managers", () => workspace.up("--refresh"));
    // Where the swarm has noticed, their nodes are waited for.
    const waited = Object.entries(up.changes).filter(([name]) => name !== swarmName);
    expect(up.changes).toMatchObject({ [swarmName]: "update" });
    expect(waited.filter(([name]) => !locked.includes(name.replace("SwarmNode ", "")))).toEqual([]);
    await expectSound(1);
    expect(await workspace.preview()).toEqual({});
  };

  testInAll("a manager that was restarted is locked, and `up --refresh` unlocks it", async () => {
    workspace.configure({ swarm: { caForceRotate: 1, nodeCertExpiry: "720h", autoLockManagers: true } });
    await workspace.up();
    await restart("manager-3");
    await witness.untilLocked("manager-3");
    await unlockedBy("manager-3");
  });

  testInAll(
    "a manager that was away while the key was rotated is unlocked with the key of then",
    async () => {
      const key = await witness.docker("swarm", "unlock-key", "--quiet");
      await docker("stop", "--time", "1", witness.containerOf("manager-3"));
      workspace.configure({
        swarm: { caForceRotate: 1, nodeCertExpiry: "720h", autoLockManagers: true, rotateUnlockKey: "2" },
      });
      await workspace.up();
      expect(await witness.docker("swarm", "unlock-key", "--quiet")).not.toBe(key);
      expect(workspace.printed).not.toContain(key);
      await docker("start", witness.containerOf("manager-3"));
      await witness.untilLocked("manager-3");
      await unlockedBy("manager-3");
    },
  );

  testInAll(
    "all managers were restarted: the swarm is locked as a whole, and `up --refresh` unlocks it",
    async () => {
      const managers = ["manager-1", "manager-2", "manager-3"];
      await restart(...managers);
      for (const manager of managers) await witness.untilLocked(manager);
      await unlockedBy();
    },
  );
});
