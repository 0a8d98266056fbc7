import { waitFor } from "../../foundation/wait";
import { docker } from "./harness/docker";
import { measured } from "./harness/measured";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

const UP_MS = 240_000;
jest.setTimeout(UP_MS);

const MANAGERS = ["manager-1", "manager-2", "manager-3"];

let workspace: Workspace;
let witness: Witness;
beforeAll(async () => {
  workspace = await Workspace.create({ managers: 3, swarm: { autoLockManagers: true } });
  witness = new Witness(workspace.cluster);
  await workspace.up();
});
afterAll(() => workspace?.remove());

function stateOf(node: string): Promise<string> {
  return witness.dockerOn(node, "info", "--format", "{{.Swarm.LocalNodeState}}");
}

/** Restarts managers at once, and waits until each engine says that it is locked. */
async function restart(...nodes: string[]): Promise<void> {
  await docker("restart", "--time", "1", ...nodes.map((node) => witness.containerOf(node)));
  for (const node of nodes) await witness.untilLocked(node);
}

/** A rotated key reaches the other managers after a moment; each writes its version into its own key file. */
function untilKeysAgree(...nodes: string[]): Promise<undefined> {
  const command = ["grep", "kek-version", "/var/lib/docker/swarm/certificates/swarm-node.key"];
  return waitFor(
    { name: "the keys agree", on: nodes.join(), intervalMs: 250, timeoutMs: 60_000 },
    async () => {
      const versions = await Promise.all(
        nodes.map((node) => docker("exec", witness.containerOf(node), ...command)),
      );
      return new Set(versions).size === 1 ? { done: undefined } : { pending: versions.join() };
    },
  );
}

async function expectAllReachable(): Promise<void> {
  const nodes = await witness.nodes();
  expect(
    nodes.map(({ Description, ManagerStatus }) => [Description.Hostname, ManagerStatus?.Reachability]),
  ).toEqual(MANAGERS.map((name) => [name, "reachable"]));
}

/** Columns of the table that unlock prints: the manager's name → what it was and is. */
function rowsOf(stdout: string): Record<string, string[]> {
  const rows = stdout.split("\n").map((line) => line.split(/ {2,}/));
  return Object.fromEntries(
    rows.filter(([name]) => MANAGERS.includes(name)).map(([name, ...rest]) => [name, rest]),
  );
}

const CAME_BACK = ["locked", "active/manager, reachable"];
const RAN_ON = ["active/manager", "active/manager"];

test("nothing is locked: it says so and changes nothing", async () => {
  const ended = await workspace.swarm("unlock");
  expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining("No manager is locked") });
  expect(rowsOf(ended.stdout)).toEqual({ "manager-1": RAN_ON, "manager-2": RAN_ON, "manager-3": RAN_ON });
});

test("a manager that was restarted is unlocked with the key of the others", async () => {
  await restart("manager-2");
  const status = await workspace.swarm("status");
  expect(status.stdout).toMatch(/manager-2 .*manager \(unreachable\)/);

  const ended = await measured("repair: unlock after one manager was restarted", () =>
    workspace.swarm("unlock"),
  );
  // On a busy machine it tells what it waits for; of keys there is nothing to tell.
  expect(ended.stderr).not.toMatch(/key/i);
  expect(rowsOf(ended.stdout)).toEqual({ "manager-1": RAN_ON, "manager-2": CAME_BACK, "manager-3": RAN_ON });
  expect(ended.code).toBe(0);
  await expectAllReachable();
});

test("all managers were restarted: the key comes from the Pulumi state", async () => {
  await restart(...MANAGERS);
  const status = await workspace.swarm("status");
  expect(status).toMatchObject({ code: 1, stderr: expect.stringContaining("npm run swarm -- unlock") });
  const doctor = await workspace.swarm("doctor");
  expect(doctor.code).toBe(1);
  expect(doctor.stdout).toMatch(/^FAIL {2}locked managers +manager-1, manager-2, manager-3: /m);
  expect(doctor.stdout).toMatch(/^PASS {2}disk space /m);

  const ended = await measured("repair: unlock after all managers were restarted", () =>
    workspace.swarm("unlock"),
  );
  expect(rowsOf(ended.stdout)).toEqual(Object.fromEntries(MANAGERS.map((name) => [name, CAME_BACK])));
  expect(ended.code).toBe(0);
  await expectAllReachable();
  await witness.untilAllGossip(MANAGERS);
});

/** Stops a manager, rotates the key meanwhile, and starts it: it is locked with the key that was valid before. */
async function sleepThroughRotation(node: string): Promise<string> {
  const before = await unlockKey();
  await docker("stop", "--time", "1", witness.containerOf(node));
  await witness.docker("swarm", "unlock-key", "--rotate", "--quiet");
  await docker("start", witness.containerOf(node));
  await witness.untilLocked(node);
  return before;
}

function unlockKey(): Promise<string> {
  return witness.docker("swarm", "unlock-key", "--quiet");
}

test("a manager slept through a rotation: the key of the swarm does not fit, that of the state does", async () => {
  await sleepThroughRotation("manager-3");
  const ended = await workspace.swarm("unlock");
  expect(rowsOf(ended.stdout)).toMatchObject({ "manager-3": CAME_BACK });
  expect(ended.code).toBe(0);
  await expectAllReachable();
});

test("no key fits: it says what to do and leaves it locked; the right one is taken from stdin", async () => {
  await untilKeysAgree("manager-3", "manager-1");
  const key = await sleepThroughRotation("manager-3");
  const failed = await workspace.swarm("unlock");
  expect(failed.code).toBe(1);
  expect(rowsOf(failed.stdout)).toMatchObject({ "manager-3": ["locked", "locked"] });
  expect(failed.stderr).toMatch(/Still locked: manager-3\..*npm run swarm -- unlock < FILE/s);
  expect(await stateOf("manager-3")).toBe("locked");

  const ended = await workspace.swarmGiven(`${key}\n`, "unlock");
  expect(rowsOf(ended.stdout)).toMatchObject({ "manager-3": CAME_BACK });
  expect(ended.code).toBe(0);
  await expectAllReachable();
});

test.each([
  ["killed", () => docker("kill", witness.containerOf("manager-2"))],
  ["demoted by hand", () => witness.docker("node", "demote", "manager-2")],
])("a manager that was %s is unlocked by the update that needs it", async (_how, harm) => {
  await untilKeysAgree(...MANAGERS);
  await harm();
  await workspace.up("--refresh");
  await expectAllReachable();
  await witness.untilAllGossip(MANAGERS);
  expect(await workspace.preview("--refresh")).toEqual({});
});

test("no command showed a key", () => {
  expect(workspace.printed).not.toMatch(/SWMKEY/);
});
