import { diagnostics } from "./fixtures/reading";
import { Witness, type Node } from "./harness/witness";
import { Workspace } from "./harness/workspace";

const UP_MS = 240_000;
jest.setTimeout(UP_MS);

const pool = (names: string[], more: object = {}) => ({ workers: [{ name: "pool", names, ...more }] });
const SETTINGS = { managerNames: ["red", "green", "blue"], ...pool(["white"]) };

let workspace: Workspace;
let before: Record<string, string>;

beforeAll(async () => {
  workspace = await Workspace.create(SETTINGS);
  await workspace.up();
  before = await idsByName();
});
afterAll(() => workspace?.remove());

const witness = () => new Witness(workspace.cluster, "red");

async function idsByName(): Promise<Record<string, string>> {
  const nodes = await witness().nodes();
  return Object.fromEntries(nodes.map(({ ID, Description }) => [Description.Hostname, ID]));
}

async function lines(of: (node: Node) => string): Promise<string[]> {
  return (await witness().nodes()).map((node) => `${node.Description.Hostname} ${of(node)}`);
}

const roles = () =>
  lines(({ Spec, ManagerStatus }) => `${Spec.Role} ${ManagerStatus?.Reachability ?? ""}`.trim());

test("names that change places are promoted and demoted on the same machines", async () => {
  workspace.configure({ managerNames: ["red", "green", "white"], ...pool(["blue"]) });
  const { changes } = await workspace.up();
  expect(changes).toMatchObject({ "SwarmNode white": "update", "SwarmNode blue": "update" });
  expect(Object.values(changes)).not.toContain("replace");
  expect(await roles()).toEqual([
    "blue worker",
    "green manager reachable",
    "red manager reachable",
    "white manager reachable",
  ]);
  expect(await idsByName()).toEqual(before);
  expect(await workspace.preview()).toEqual({});
  workspace.configure(SETTINGS);
  await workspace.up();
  expect(await idsByName()).toEqual(before);
});

test("a single node is taken out for maintenance and put back, the others stay as they are", async () => {
  const availability = () => lines(({ Spec }) => Spec.Availability);
  workspace.configure({
    managerNodeAvailability: { green: "pause" },
    ...pool(["white"], { nodeAvailability: { white: "drain" } }),
  });
  expect((await workspace.up()).changes).toEqual({ [`NodeSpecs ${workspace.cluster}`]: "update" });
  expect(await availability()).toEqual(["blue active", "green pause", "red active", "white drain"]);
  workspace.configure({ managerNodeAvailability: undefined, ...pool(["white"]) });
  expect((await workspace.up()).changes).toEqual({ [`NodeSpecs ${workspace.cluster}`]: "update" });
  expect(await availability()).toEqual(["blue active", "green active", "red active", "white active"]);
});

test("labels of others stay, until the program says that only its own may be there", async () => {
  const labels = async () => (await witness().node("white")).Spec.Labels;
  await witness().docker("node", "update", "--label-add", "by-hand=yes", "white");
  workspace.configure(pool(["white"], { labels: { disk: "ssd" } }));
  await workspace.up();
  expect(await labels()).toEqual({ disk: "ssd", "by-hand": "yes" });
  workspace.configure({ exclusiveLabels: true });
  await workspace.up();
  expect(await labels()).toEqual({ disk: "ssd" });
  await witness().docker("node", "update", "--label-add", "by-hand=again", "white");
  expect((await workspace.up("--refresh")).changes).toEqual({
    [`NodeSpecs ${workspace.cluster}`]: "update",
  });
  expect(await labels()).toEqual({ disk: "ssd" });
  workspace.configure({ exclusiveLabels: undefined, ...pool(["white"]) });
  await workspace.up();
});

describe("a task that has no other place", () => {
  const removed = { workers: [{ name: "pool", count: 0 }] };

  beforeAll(async () => {
    const image = `pulumi-swarm-demo:${workspace.cluster}`;
    workspace.configure({ demo: true, demoReplicas: 1 });
    await workspace.up();
    await witness().docker(
      ...["service", "create", "--quiet", "--name", "pinned", "--constraint", "node.hostname==white"],
      ...["--no-resolve-image", image, "web"],
    );
  });

  test("keeps its node: the drain ends at its deadline, with what stays and what to do", async () => {
    workspace.configure({ ...removed, disruption: { drainTimeout: "5s" } });
    const up = await workspace.tryUp();
    expect(up.code).not.toBe(0);
    expect(diagnostics(up)).toMatch(
      /white: waited 5 s until its tasks run elsewhere; last seen: pinned 0\/1\. .*docker node ps white.*onDrainTimeout/s,
    );
    expect(await roles()).toContain("white worker");
  });

  test("goes with its node where the program says so", async () => {
    workspace.configure({
      disruption: { drainTimeout: "5s", onDrainTimeout: "continue" },
      ...pool(["white"]),
    });
    // The drain that failed left it drained, which only a look at the swarm can tell.
    expect((await workspace.up("--refresh")).changes).toMatchObject({
      [`NodeSpecs ${workspace.cluster}`]: "update",
    });
    await witness().untilReplicas("pinned", "1/1");
    workspace.configure(removed);
    const up = await workspace.up();
    expect(up.text).toMatch(/white: waited 5 s .* It goes on as `onDrainTimeout` says\./);
    expect(await roles()).toEqual([
      "blue manager reachable",
      "green manager reachable",
      "red manager reachable",
    ]);
  });
});
