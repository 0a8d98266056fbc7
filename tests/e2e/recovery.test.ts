import { randomInt } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { IDENTITY_LABEL, identityOf } from "../../schema/owner";
import { waitFor } from "../../foundation/wait";
import { projectRoot } from "../../tools/setup/paths";
import { someOf, testInAll } from "./harness/cases";
import { demoShows, fingerprintOf } from "./harness/demo-page";
import { docker } from "./harness/docker";
import { expectSuccess, start } from "./harness/run";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

const UP_MS = 300_000;
// Some tests are of several commands, each of which may take that long on a busy machine.
jest.setTimeout(2 * UP_MS);

const PASSWORD = "the password of the demo";
const PASSPHRASE = "a passphrase for backups";
const GREETING = "Hello from before the loss";

/** One cluster of 3 managers, autolock on; the tests run in this order. */
const SETTINGS = {
  managers: 3,
  managerLabels: { zone: "a" },
  swarm: { autoLockManagers: true },
  demo: true,
  demoReplicas: 1,
  demoGreeting: GREETING,
  // A restore needs a machine with the address that the backup's manager had.
  subnet: `10.231.${randomInt(256)}.0/24`,
};

let workspace: Workspace;
let witness: Witness;
let file: string;
let before: Contents;
let identity: string | undefined;
let secrets: string[];

beforeAll(async () => {
  workspace = await Workspace.create(SETTINGS);
  witness = new Witness(workspace.cluster);
  file = path.join(workspace.folder, "swarm.backup");
  workspace.env.SWARM_BACKUP_PASSPHRASE = PASSPHRASE;
  await workspace.configureSecret("demoPassword", PASSWORD);
  await workspace.up();
  await insideManager("printf 'made by hand' | docker secret create --label of=hand by-hand -");
  await insideManager("printf 'a config made by hand' | docker config create --label of=hand by-hand -");
  await witness.docker("node", "update", "--label-add", "by-hand=yes", "manager-1");
  before = await contents();
  identity = identityOf(await swarmLabels());
  secrets = [before.unlockKey, before.workerToken, before.managerToken, PASSWORD, "made by hand"];
});
afterAll(() => workspace?.remove());

interface Contents {
  clusterId: string;
  unlockKey: string;
  workerToken: string;
  managerToken: string;
  services: Record<string, unknown>;
  secrets: Record<string, unknown>;
  configs: Record<string, unknown>;
}

interface Inspected {
  ID: string;
  Spec: Record<string, unknown> & { Name: string; Labels: Record<string, string> };
}

/**
 * Everything that a swarm keeps for its users, with the IDs that only the same objects have; without the identity of
 * the cluster, which is another one after everything was lost.
 */
async function contents(): Promise<Contents> {
  const all = async (kind: string, shown: (object: Inspected) => unknown) => {
    const ids = (await witness.docker(kind, "ls", "--quiet")).split("\n").filter(Boolean);
    const objects = JSON.parse(await witness.docker(kind, "inspect", ...ids)) as Inspected[];
    for (const { Spec } of objects) delete Spec.Labels[IDENTITY_LABEL];
    return Object.fromEntries(objects.map((object) => [object.Spec.Name, [object.ID, shown(object)]]));
  };
  return {
    clusterId: (await witness.swarm()).ID,
    unlockKey: await witness.docker("swarm", "unlock-key", "--quiet"),
    workerToken: await witness.joinToken("worker"),
    managerToken: await witness.joinToken("manager"),
    services: await all("service", ({ Spec }) => [Spec.Mode, Spec.Labels, Spec.TaskTemplate]),
    secrets: await all("secret", ({ Spec }) => Spec),
    configs: await all("config", ({ Spec }) => Spec),
  };
}

async function swarmLabels(): Promise<Record<string, string>> {
  return (await witness.swarm()).Spec.Labels as Record<string, string>;
}

async function insideManager(command: string): Promise<void> {
  await docker("exec", witness.containerOf("manager-1"), "sh", "-c", command);
}

/** 3 managers Ready and Reachable, each listed once, with the program's labels; the demo shows secret and config. */
async function soundCluster(): Promise<void> {
  const nodes = await witness.nodes();
  expect(nodes.map(({ Description }) => Description.Hostname)).toEqual([
    "manager-1",
    "manager-2",
    "manager-3",
  ]);
  expect(nodes.map(({ Status }) => Status.State)).toEqual(["ready", "ready", "ready"]);
  expect(nodes.map(({ ManagerStatus }) => ManagerStatus?.Reachability)).toEqual(Array(3).fill("reachable"));
  expect(nodes.map(({ Spec }) => Spec.Labels?.zone)).toEqual(["a", "a", "a"]);
  expect(await witness.clusterIds()).toHaveLength(1);
  for (const { Status } of nodes) {
    const shown = await demoShows(
      Status.Addr,
      "it sees the replica",
      ({ gateway }) => gateway.replicas === 1,
    );
    expect(shown.config.text).toBe(GREETING);
    expect(shown.secret).toMatchObject({ mounted: true, fingerprint: fingerprintOf(PASSWORD) });
  }
}

/** A machine that was replaced may have another name. */
function containerOf(node: string): Promise<string> {
  const labels = [`pulumi-swarm.cluster=${workspace.cluster}`, `pulumi-swarm.node=${node}`];
  const filters = labels.flatMap((label) => ["--filter", `label=${label}`]);
  return docker("ps", "--all", "--format", "{{.Names}}", ...filters);
}

async function managerNodes() {
  return (await witness.nodes()).filter(({ ManagerStatus }) => ManagerStatus);
}

test("a backup stops a manager that is not the leader, and ends with all of them Reachable", async () => {
  const leader = await witness.leader();
  const { stderr } = expectSuccess(await workspace.swarm("backup", file));
  expect(stderr).toMatch(/2 services, 2 secrets, 2 configs, 3 nodes; the state of manager-\d is taken/);
  expect(stderr).not.toContain(`the state of ${leader} is taken`);
  await soundCluster();
  expect(await contents()).toEqual(before);
});

test("only its owner can read the file, and no secret is in it in clear", () => {
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const text = readFileSync(file, "latin1");
  expect([...secrets, GREETING].filter((content) => text.includes(content))).toEqual([]);
  expect(secrets.filter((secret) => workspace.printed.includes(secret))).toEqual([]);
});

testInAll("a backup overwrites no file, and stops no manager that quorum needs", async () => {
  const there = await workspace.swarm("backup", file);
  expect(there.code).toBe(1);
  expect(there.stderr).toMatch(/swarm\.backup is there already and was left as it is\. .*--force/);
  await docker("pause", witness.containerOf("manager-3"));
  try {
    await waitFor(
      { name: "it is unreachable", on: "manager-3", intervalMs: 500, timeoutMs: 60_000 },
      async () => {
        const states = (await managerNodes()).map(({ ManagerStatus }) => ManagerStatus?.Reachability);
        return states.includes("unreachable") ? { done: true } : { pending: states.join() };
      },
    );
    const refused = await workspace.swarm("backup", `${file}.2`);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /of 3 managers 2 are reachable, 2 are needed for quorum.*Nothing was changed/,
    );
  } finally {
    await docker("unpause", witness.containerOf("manager-3"));
  }
});

testInAll(
  "Ctrl-C during a backup leaves no file, and the manager is back before the command ends",
  async () => {
    const args = ["tools/start.js", "cli/main", "--stack", workspace.stack, "backup", `${file}.3`];
    const backup = start(process.execPath, args, { cwd: projectRoot, env: workspace.env });
    backup.child.stderr?.on(
      "data",
      (text: string) => void (text.includes("is taken") && backup.child.kill("SIGINT")),
    );
    const { code, stderr } = await backup.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/Cancelled\. No backup was written; manager-\d is Reachable again/);
    expect(existsSync(`${file}.3`)).toBe(false);
    expect((await managerNodes()).map(({ ManagerStatus }) => ManagerStatus?.Reachability)).toEqual(
      Array(3).fill("reachable"),
    );
  },
);

const BROKEN: [string, (data: Buffer) => Buffer, string, RegExp][] = [
  ["a wrong passphrase", (data: Buffer) => data, "another passphrase", /The passphrase does not open/],
  [
    "a truncated file",
    (data: Buffer) => data.subarray(0, -1000),
    PASSPHRASE,
    /is incomplete: \d+ of \d+ bytes/,
  ],
  ["an overwritten file", overwritten, PASSPHRASE, /is damaged: its content is not what was written/],
  ["another file", () => Buffer.from("some text\n"), PASSPHRASE, /is no backup of/],
];

test.each(someOf(BROKEN, ([what]) => what, ["a wrong passphrase"]))(
  "%s is named, and nothing is changed",
  async (_what, change, passphrase, message) => {
    const broken = path.join(workspace.folder, "broken.backup");
    writeFileSync(broken, change(readFileSync(file)));
    workspace.env.SWARM_BACKUP_PASSPHRASE = passphrase;
    const refused = await workspace.swarm("restore", broken, "--yes");
    workspace.env.SWARM_BACKUP_PASSPHRASE = PASSPHRASE;
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(message);
    expect(await contents()).toEqual(before);
  },
);

test("after the loss of everything a restore brings all of it back, and `up` the other managers", async () => {
  await workspace.destroy();
  await workspace.up();
  expect((await contents()).clusterId).not.toBe(before.clusterId);

  const unconfirmed = await workspace.swarm("restore", file);
  expect(unconfirmed.code).toBe(1);
  expect(unconfirmed.stderr).toMatch(/needs a confirmation.*Nothing was changed\. Confirm with --yes/);

  const restored = expectSuccess(await workspace.swarm("restore", file, "--yes"));
  expect(restored.stderr).toMatch(/manager-\d leads: 2 services, 2 secrets, 2 configs, 1 node/);
  // Which machine has the address of the backup's manager is chance; a name of before would end in a handover.
  const [, machine] = /(manager-\d) leads/.exec(restored.stderr) ?? [];
  const label = '{{index .Spec.Labels "pulumi-swarm.node"}}';
  expect(
    await new Witness(workspace.cluster, machine).docker("node", "inspect", "--format", label, "self"),
  ).toBe(machine);
  await workspace.up("--refresh");
  await soundCluster();
  const after = await contents();
  for (const kind of Object.keys(before) as (keyof Contents)[])
    expect([kind, after[kind]]).toEqual([kind, before[kind]]);
  const labels = await swarmLabels();
  expect(identityOf(labels)).not.toBe(identity);
  expect(labels["pulumi-swarm.former"]).toBe(identity);
  expect(await workspace.preview("--refresh")).toEqual({});
});

testInAll("a recovery is refused while there is a quorum", async () => {
  const refused = await workspace.swarm("recover", "--yes");
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/has a quorum: 3 managers, 1 may fail\. Nothing was changed/);
});

testInAll(
  "after the loss of two managers a recovery keeps everything, and `up` makes three again",
  async () => {
    const [gone, stopped] = await Promise.all(["manager-2", "manager-3"].map(containerOf));
    await docker("rm", "--force", gone);
    await docker("volume", "rm", gone);
    await docker("stop", "--time", "1", stopped);
    await (await Witness.of(workspace)).untilNoLeader();

    const unconfirmed = await workspace.swarm("recover");
    expect(unconfirmed.code).toBe(1);
    expect(unconfirmed.stderr).toMatch(/manager-1 +\d+ +\d+ +\d+ +yes\n/);
    expect(unconfirmed.stderr).toMatch(/manager-\d .* no: gone\n/);
    expect(unconfirmed.stderr).toMatch(/manager-\d .* no: stopped\n/);
    expect(unconfirmed.stderr).toMatch(/needs a confirmation.*Nothing was changed\. Confirm with --yes/);

    const recovered = expectSuccess(await workspace.swarm("recover", "--yes"));
    expect(recovered.stderr).toMatch(/manager-1 leads: 2 services, 2 secrets, 2 configs, 1 node/);
    await workspace.up("--refresh");
    await soundCluster();
    const after = await contents();
    for (const kind of Object.keys(before) as (keyof Contents)[])
      expect([kind, after[kind]]).toEqual([kind, before[kind]]);
    expect((await witness.node("manager-1")).Spec.Labels).toMatchObject({ zone: "a" });
    expect(secrets.filter((secret) => workspace.printed.includes(secret))).toEqual([]);
  },
);

function overwritten(data: Buffer): Buffer {
  const copy = Buffer.from(data);
  copy.fill(0, copy.length - 2000, copy.length - 1000);
  return copy;
}
