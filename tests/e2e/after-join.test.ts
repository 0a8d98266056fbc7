import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../../tools/setup/paths";
import { diagnostics } from "./fixtures/reading";
import { testInAll } from "./harness/cases";
import { Witness } from "./harness/witness";
import { urnOf, Workspace } from "./harness/workspace";

jest.setTimeout(300_000);

const PROGRAM = ["--cwd", path.join(projectRoot, "tests", "e2e", "fixtures", "after-join")];
const WHOLE = { probe_everywhere: "2/2", probe_managers: "1/1" };

/** What a command of a node found when it ran. */
interface Seen {
  /** "create app-1" */
  what: string;
  status: string;
  availability: string;
  /** Containers that ran on the node. */
  containers: number;
  /** Replicas of the services that were there. */
  services: Record<string, string>;
}

let workspace: Workspace;
let log: string;

beforeAll(async () => {
  workspace = await Workspace.create({ count: 2 });
  log = path.join(workspace.folder, "commands.jsonl");
  const managers = ["manager-1", "manager-1.2"].map((name) => `${workspace.cluster}-${name}`);
  workspace.env.AFTER_JOIN_LOG = log;
  // The predecessor of a manager that was replaced is none any more.
  workspace.env.AFTER_JOIN_WITNESS = `
    echo "self $($ON_NODE "docker info --format '{{.Swarm.NodeID}}'")"
    echo "containers $($ON_NODE "docker ps --quiet | wc -l")"
    for manager in ${managers.join(" ")}; do
      docker exec $manager docker node ls --format 'node {{.ID}} {{.Status}} {{.Availability}}' || continue
      docker exec $manager docker service ls --format 'service {{.Name}} {{.Replicas}}'
      break
    done`;
});
afterAll(async () => {
  await workspace?.tryDestroy(...PROGRAM);
  await workspace?.remove();
});

/** What every command saw that ran since the last look. */
function commands(): Seen[] {
  const lines = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
  rmSync(log, { force: true });
  return lines.map(seenIn).sort((a, b) => a.what.localeCompare(b.what));
}

function seenIn(line: string): Seen {
  const { command, operation, saw } = JSON.parse(line) as Record<string, string>;
  const rows = saw.split("\n").map((row) => row.split(" "));
  const of = (kind: string) => rows.filter(([first]) => first === kind).map(([, ...rest]) => rest);
  const [[self]] = of("self");
  const [, status, availability] = of("node").find(([id]) => id === self) ?? [];
  return {
    what: `${operation} ${command.slice(workspace.cluster.length + 1)}`,
    status,
    availability,
    containers: Number(of("containers")[0][0]),
    services: Object.fromEntries(of("service")) as Record<string, string>,
  };
}

/** Out of service, and a member. */
const idle = (what: string, services: Record<string, string>): Seen => ({
  what,
  status: "Ready",
  availability: "Drain",
  containers: 0,
  services,
});

test("commands run on nodes that are drained yet, and stacks come after them", async () => {
  await workspace.up(...PROGRAM);
  expect(commands()).toEqual(["app-1", "app-2", "manager-1"].map((node) => idle(`create ${node}-mark`, {})));
  const witness = new Witness(workspace.cluster);
  expect((await witness.nodes()).map(({ Spec }) => Spec.Availability)).toEqual(Array(3).fill("active"));
  await witness.untilReplicas("probe_everywhere", "2/2");
  await witness.untilReplicas("probe_managers", "1/1");
  expect(await workspace.preview(...PROGRAM, "--expect-no-changes")).toEqual({});
});

testInAll("a node whose command failed takes no task, until the next up has run it", async () => {
  workspace.configure({ count: 3, broken: true });
  const up = await workspace.tryUp(...PROGRAM);
  expect(up.code).not.toBe(0);
  expect(diagnostics(up)).toMatch(/no such plugin/);
  const witness = new Witness(workspace.cluster);
  expect(await witness.node("app-3")).toMatchObject({
    Status: { State: "ready" },
    Spec: { Availability: "drain" },
  });
  expect(commands()).toEqual([idle("create app-3-broken", WHOLE), idle("create app-3-mark", WHOLE)]);

  workspace.configure({ broken: false });
  await workspace.up(...PROGRAM);
  expect(commands()).toEqual([]);
  await witness.untilReplicas("probe_everywhere", "3/3");
});

testInAll("a node that leaves is drained, then its commands are undone, then it leaves", async () => {
  workspace.configure({ count: 2 });
  await workspace.up(...PROGRAM);
  expect(commands()).toEqual([idle("delete app-3-mark", WHOLE)]);
  expect(await new Witness(workspace.cluster).nodeIds()).toHaveLength(3);
});

testInAll(
  "machines that are replaced get their commands before they take over, and services stay whole",
  async () => {
    const nodes = await Promise.all(
      ["manager-1", "app-1"].map((node) => urnOf(workspace, "LocalNode", `${workspace.cluster}-${node}`)),
    );
    await workspace.up(...PROGRAM, ...nodes.flatMap((urn) => ["--replace", urn]));
    const whole = (what: string) => idle(what, WHOLE);
    expect(commands()).toEqual([
      ...["create app-1-mark", "create manager-1-mark", "delete app-1-mark"].map(whole),
      // Demoted some seconds ago. Until its agent has found another manager than its own, the swarm may call it Down
      // (swarm/membership/demotion.ts); whoever leaves is not waited for.
      { ...whole("delete manager-1-mark"), status: expect.stringMatching(/^(Ready|Down)$/) as string },
    ]);
  },
);

test("a destroy takes the machines, and undoes nothing on them", async () => {
  await workspace.destroy(...PROGRAM);
  expect(commands()).toEqual([]);
});
