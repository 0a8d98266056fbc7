import { waitFor } from "../../foundation/wait";
import { diagnostics, NOISE } from "./fixtures/reading";
import { onlyInAll, someOf, testInAll } from "./harness/cases";
import { docker } from "./harness/docker";
import { measured } from "./harness/measured";
import { printed } from "./harness/run";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

const CASE_MS = 300_000;
jest.setTimeout(CASE_MS);

/** The time in which an `up` has to say that quorum is lost. */
const SAYS_SO_WITHIN_MS = 60_000;

/** One cluster of 3 + 1 nodes for all cases, in this order. */
const SETTINGS = { managers: 3, demo: true, demoReplicas: 2 };
const MANAGERS = ["manager-1", "manager-2", "manager-3"];

let workspace: Workspace;
let turn = 0;

beforeAll(async () => {
  workspace = await Workspace.create({ ...SETTINGS, ...nextEdit() });
  await workspace.up();
});
afterAll(() => workspace?.remove());

/** Another label for the worker and another number of replicas: a write for a node and one for a service. */
function nextEdit() {
  turn += 1;
  return { workers: [{ name: "app", count: 1, labels: { turn: `t${turn}` } }], demoReplicas: 2 + (turn % 2) };
}

test("the leader is killed while nodes change and join: the others carry the update on", async () => {
  const before = await identity();
  const leader = await (await witness()).leader();
  const container = await containerOf(leader);
  workspace.configure({ workers: [{ name: "app", count: 2, labels: { turn: "led" } }] });
  const up = workspace.startUp();
  try {
    await printed(up, /SwarmNode \S+app-2 creating/);
    const asked = await witness(leader);
    await measured("no leader after its death during an update", async () => {
      await docker("kill", container);
      await asked.untilOtherLeader(leader);
    });
    const ended = await up.ended;
    expect(ended.code === 0 ? "" : diagnostics(ended)).toBe("");
    expect((await asked.node("app-1")).Spec.Labels).toMatchObject({ turn: "led" });
    // A manager that was just elected knows of no node's state for some seconds.
    await asked.untilState("app-2", "ready");
  } finally {
    await docker("start", container);
  }
  await allReachable();
  workspace.configure(nextEdit());
  await workspace.up("--refresh");
  expect(await identity()).toEqual(before);
});

onlyInAll(() =>
  test.each(["first", "second"])(
    "the leader is killed while nothing runs, a %s time: the others elect one",
    async () => {
      const before = await identity();
      const leader = await (await witness()).leader();
      const container = await containerOf(leader);
      const asked = await witness(leader);
      await measured("no leader after its death", async () => {
        await docker("kill", container);
        await asked.untilOtherLeader(leader);
      });
      await measured("repair: up --refresh after the leader was killed", () => workspace.up("--refresh"));
      await allReachable();
      expect(await identity()).toEqual(before);
    },
  ),
);

/** An engine that hangs is there and answers nothing: its process gets no time for a while. */
const accidents: [string, (container: string) => Promise<void>, (container: string) => Promise<void>][] = [
  ["paused", (name) => run("pause", name), (name) => run("unpause", name)],
  ["stopped", (name) => run("stop", "--time", "1", name), (name) => run("start", name)],
  [
    "hanging",
    (name) => run("kill", "--signal", "STOP", name),
    (name) => run("kill", "--signal", "CONT", name),
  ],
];

onlyInAll(() =>
  test.each(accidents)(
    "with one of three managers %s, updates go on and status tells it",
    async (_how, break_, mend) => {
      const before = await identity();
      const container = await containerOf("manager-1");
      const edit = nextEdit();
      await break_(container);
      try {
        workspace.configure(edit);
        const up = await workspace.tryUp();
        expect(up.code === 0 ? "" : diagnostics(up)).toBe("");
        const asked = await witness("manager-1");
        expect((await asked.node("app-1")).Spec.Labels).toMatchObject(edit.workers[0].labels);
        const replicas = ["--format", "{{.Spec.Mode.Replicated.Replicas}}", "demo_web"];
        expect(await asked.docker("service", "inspect", ...replicas)).toBe(String(edit.demoReplicas));
        await statusSays(/3 managers, 2 reachable, 0 may fail/);
      } finally {
        await mend(container);
      }
      await allReachable();
      expect(await identity()).toEqual(before);
    },
  ),
);

testInAll("with one of three managers removed, updates go on, and a refresh brings it back", async () => {
  const before = await identity();
  const container = await containerOf("manager-2");
  await docker("rm", "--force", container);
  await docker("volume", "rm", container);
  workspace.configure(nextEdit());
  const up = await workspace.tryUp();
  expect(up.code === 0 ? "" : diagnostics(up)).toBe("");
  await statusSays(/3 managers, 2 reachable, 0 may fail/);

  await measured("repair: up --refresh after a manager was removed", () => workspace.up("--refresh"));
  await allReachable();
  const after = await identity();
  expect({ ...after, "manager-2": before["manager-2"] }).toEqual(before);
  expect(await workspace.preview()).toEqual({});
});

test.each(someOf(accidents, ([how]) => how, ["stopped"]))(
  "with two of three managers %s, an up says within a minute who is away and what to do, and forces nothing",
  async (how, break_, mend) => {
    const before = await identity();
    const away = ["manager-2", "manager-3"];
    const containers = await Promise.all(away.map(containerOf));
    workspace.configure(nextEdit());
    for (const container of containers) await break_(container);
    try {
      const start = Date.now();
      const up = await workspace.tryUp();
      const tookMs = Date.now() - start;
      expect(up.code).not.toBe(0);
      const text = diagnostics(up);
      expect(text).toMatch(/Quorum is lost: 1 of 3 managers answers?/);
      for (const name of away) expect(text).toMatch(new RegExp(`- ${name}: `));
      expect(text).toMatch(/Bring back managers until more than half of them run.*Nothing was forced/s);
      expect(text).not.toMatch(NOISE);
      expect(tookMs).toBeLessThan(SAYS_SO_WITHIN_MS);
    } finally {
      for (const container of containers) await mend(container);
    }
    await measured(`until all managers are Reachable after two of three were ${how}`, allReachable);
    await workspace.up();
    expect(await identity()).toEqual(before);
    expect(await workspace.preview()).toEqual({});
  },
);

/** What may not change by any of this: the swarm and its nodes. */
async function identity(): Promise<Record<string, string>> {
  const asked = await witness();
  const nodes = (await asked.nodes()).filter(({ Description }) => Description.Hostname !== "app-2");
  const ids = nodes.map(({ ID, Description }) => [Description.Hostname, ID]);
  return { swarm: (await asked.swarm()).ID, ...(Object.fromEntries(ids) as Record<string, string>) };
}

/** Asks through the first manager, or through another one while one is away. */
function witness(away?: string): Promise<Witness> {
  return Witness.of(
    workspace,
    MANAGERS.find((name) => name !== away),
  );
}

async function containerOf(node: string): Promise<string> {
  return (await witness()).containerOf(node);
}

async function run(...args: string[]): Promise<void> {
  await docker(...args);
}

/** The managers notice after some seconds that one is away. */
function statusSays(text: RegExp): Promise<string> {
  return waitFor<string>(
    { name: `status says ${String(text)}`, intervalMs: 1_000, timeoutMs: 60_000 },
    async () => {
      const { stdout, stderr } = await workspace.swarm("status");
      return text.test(stdout) ? { done: stdout } : { pending: stdout + stderr };
    },
  );
}

function allReachable(): Promise<void> {
  return waitFor<void>(
    // How soon engines find each other again is theirs: up to a minute where the machine is busy.
    { name: "all managers are Ready and Reachable", intervalMs: 500, timeoutMs: 150_000 },
    async () => {
      const nodes = await (await witness()).nodes().catch(() => []);
      const sound = nodes.filter(
        ({ Status, ManagerStatus }) =>
          Status.State === "ready" && ManagerStatus?.Reachability === "reachable",
      );
      return sound.length === MANAGERS.length ? { done: undefined } : { pending: `${sound.length} are` };
    },
  );
}
