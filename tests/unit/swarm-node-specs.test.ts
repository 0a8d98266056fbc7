import { NODE_LABEL, ownerLabels } from "../../schema/owner";
import type { NodeSettings, NodeSpecsInputs } from "../../schema/swarm";
import { noteFormerLabels } from "../../swarm/membership/former-labels";
import { PartialFailure } from "../../provider/handler";
import type { Context } from "../../foundation/context";
import { nodeSpecs } from "../../provider/handlers/node-specs";
import { noteWanted } from "../../swarm/wanted-clusters";
import { FakeSwarm } from "./fixtures/fake-swarm";
import { Session } from "../../foundation/session";

let swarm: FakeSwarm;
jest.mock("../../swarm/managers", () => ({
  ...jest.requireActual<object>("../../swarm/managers"),
  onManager: (_managers: unknown, _waiting: unknown, ask: (engine: FakeSwarm) => Promise<unknown>) =>
    ask(swarm),
}));
jest.mock("../../swarm/swarm-states", () => ({
  swarmStates: (machines: object[]) => Promise.resolve(machines.map(() => "active/manager")),
}));

let wrong: { text: string; isHarmless: boolean }[] = [];
let looks = 0;
jest.mock("../../swarm/network-truth/records", () => ({
  readRecords: () => Promise.resolve({ tasks: [{ addresses: { net: "10.0.1.2" } }] }),
}));
jest.mock("../../swarm/network-truth/network-truth", () => ({
  networkTruth: () => {
    looks++;
    return wrong.length > 0 ? Promise.resolve({ wrong }) : Promise.reject(new Error("nobody answered"));
  },
}));

const context: Context = {
  signal: new AbortController().signal,
  session: new Session(),
  progress: () => undefined,
  info: () => undefined,
  warn: () => undefined,
};

let cluster = 0;
beforeEach(() => void cluster++);

function inputs(nodes: Record<string, Partial<NodeSettings>>): NodeSpecsInputs {
  const whole = Object.entries(nodes).map(([name, settings]) => [
    name,
    { nodeId: name, availability: "active", labels: {}, ...settings },
  ]);
  const managers = [{ name: "m", connection: { container: `m-${cluster}` } }];
  return {
    clusterId: `c${cluster}`,
    managers,
    nodes: Object.fromEntries(whole) as NodeSpecsInputs["nodes"],
    ephemeral: false,
  };
}

const labelsOf = (id: string) => {
  const { [NODE_LABEL]: _name, ...labels } = swarm.spec(id).Labels;
  return labels;
};

test("nodes that have joined become active with their labels, all of them", async () => {
  swarm = new FakeSwarm({
    m1: { name: "m1", vote: "leader", availability: "drain" },
    a1: { name: "a1", availability: "drain" },
    a2: { name: "a2", availability: "drain" },
  });
  const labels = { disk: "ssd" };
  await nodeSpecs.create(inputs({ m1: {}, a1: { labels }, a2: { availability: "pause" } }), context);
  expect(swarm.writes.sort()).toEqual(["a1 active", "a2 pause", "m1 active"]);
  expect(labelsOf("a1")).toEqual(labels);
});

test("nodes that became active are in service when the tasks of global services run on them", async () => {
  swarm = new FakeSwarm({
    m1: { name: "m1", vote: "leader" },
    a1: { name: "a1", availability: "drain" },
  });
  swarm.global = { name: "gateway", listsUntilRunning: 3 };
  await nodeSpecs.create(inputs({ m1: {}, a1: {} }), context);
  expect(swarm.listsOfTasks).toBeGreaterThan(3);
});

test("where an earlier release set them nothing is written but what the program dropped since", async () => {
  swarm = new FakeSwarm({
    a1: { name: "a1", labels: { disk: "ssd", old: "yes", "by-hand": "yes" } },
    a2: { name: "a2", labels: { disk: "ssd" } },
  });
  noteFormerLabels({ nodeId: "a1", labels: { disk: "ssd", old: "yes" } }, context);
  const post = jest.spyOn(swarm, "post");
  await nodeSpecs.create(
    inputs({ a1: { labels: { disk: "ssd" } }, a2: { labels: { disk: "ssd" } } }),
    context,
  );
  expect(labelsOf("a1")).toEqual({ disk: "ssd", "by-hand": "yes" });
  expect(post).toHaveBeenCalledTimes(1);
});

test("a change touches the nodes that it names, and leaves those that somebody drained as they are", async () => {
  swarm = new FakeSwarm({ a1: { name: "a1" }, a2: { name: "a2", availability: "drain" } });
  await nodeSpecs.update(
    "c",
    inputs({ a1: {}, a2: {} }),
    inputs({ a1: { labels: { rack: "7" } }, a2: {} }),
    context,
  );
  expect(labelsOf("a1")).toEqual({ rack: "7" });
  expect(swarm.writes).toEqual([]);
});

test("a refresh shows the node that differs, by its name, and no label that was never ours", async () => {
  swarm = new FakeSwarm({
    a1: { name: "a1", availability: "drain", labels: { "by-hand": "yes" } },
    a2: { name: "a2", labels: { "by-hand": "yes" } },
  });
  const state = inputs({
    a1: { labels: { disk: "ssd" } },
    a2: { exclusiveLabels: true },
    gone: { labels: { disk: "ssd" } },
  });
  const found = await nodeSpecs.read("c", state, context);
  expect(found?.inputs.nodes).toEqual({
    a1: { ...state.nodes.a1, availability: "drain", labels: {} },
    a2: { ...state.nodes.a2, labels: { "by-hand": "yes" } },
    gone: state.nodes.gone,
  });
  swarm.nodes.splice(0);
  expect(await nodeSpecs.read("c", state, context)).toBeUndefined();
});

test("a successor takes tasks before its predecessor gives its own away", async () => {
  swarm = new FakeSwarm({
    old: { name: "a1", labels: { disk: "hdd", "by-hand": "yes" } },
    new: { name: "a1", availability: "drain", made: 2 },
  });
  const labels = { disk: "ssd" };
  await nodeSpecs.update(
    "c",
    inputs({ a1: { nodeId: "old" } }),
    inputs({ a1: { nodeId: "new", labels } }),
    context,
  );
  expect(swarm.writes).toEqual(["new active", "old drain"]);
  expect(labelsOf("new")).toEqual(labels);
});

test("managers that are replaced give up their tasks and then their votes one by one, the leader last", async () => {
  swarm = new FakeSwarm({
    old1: { name: "m1", vote: "leader" },
    old2: { name: "m2", vote: "reachable" },
    new1: { name: "m1", vote: "reachable", availability: "drain", made: 2 },
    new2: { name: "m2", vote: "reachable", availability: "drain", made: 2 },
    m3: { name: "m3", vote: "reachable" },
  });
  await nodeSpecs.update(
    "c",
    inputs({ m1: { nodeId: "old1" }, m2: { nodeId: "old2" }, m3: {} }),
    inputs({ m1: { nodeId: "new1" }, m2: { nodeId: "new2" }, m3: {} }),
    context,
  );
  expect(swarm.writes).toEqual([
    ...["new1 active", "new2 active"],
    ...["old2 drain", "old2 worker", "old1 drain", "old1 worker"],
  ]);
});

test("a predecessor whose machine is gone is removed", async () => {
  swarm = new FakeSwarm({
    old: { name: "a1", state: "down" },
    new: { name: "a1", availability: "drain", made: 2 },
  });
  await nodeSpecs.update("c", inputs({ a1: { nodeId: "old" } }), inputs({ a1: { nodeId: "new" } }), context);
  expect(swarm.writes).toEqual(["new active", "remove old"]);
});

test("a node that leaves the program is drained, and stays a member", async () => {
  swarm = new FakeSwarm({ a1: { name: "a1" }, a2: { name: "a2" }, foreign: { name: null } });
  await nodeSpecs.update("c", inputs({ a1: {}, a2: {} }), inputs({ a1: {} }), context);
  expect(swarm.writes).toEqual(["a2 drain"]);
});

test("what a change that failed has done is known to the next one", async () => {
  swarm = new FakeSwarm({ a1: { name: "a1" }, a2: { name: "a2" } });
  const old = inputs({ a1: { labels: {} }, a2: {}, a3: {} });
  const wanted = inputs({ a1: { labels: { rack: "7" } }, lost: {}, a3: {} });
  const failure = await nodeSpecs
    .update("c", old, wanted, context)
    .catch((error: unknown) => error as PartialFailure);
  expect(failure).toBeInstanceOf(PartialFailure);
  expect((failure as PartialFailure).message).toMatch(/^lost: the swarm lists no node lost/);
  expect((failure as PartialFailure).outputs).toMatchObject({
    nodes: { a1: { labels: { rack: "7" } }, a2: { availability: "active" } },
  });
});

test("of a cluster that goes as a whole all nodes are drained where their machines stay, and nowhere else", async () => {
  const state = inputs({ a1: {}, a2: {} });
  const busy = () => {
    swarm = new FakeSwarm({ a1: { name: "a1" }, a2: { name: "a2" } });
    swarm.tasks.a1 = 2;
  };
  busy();
  await nodeSpecs.delete("c", { ...state, ephemeral: true }, context);
  expect(swarm.writes).toEqual([]);
  await nodeSpecs.delete("c", state, context);
  expect(swarm.writes).toEqual(["a1 drain", "a2 drain"]);
  busy();
  noteWanted(state, context);
  await nodeSpecs.delete("c", state, context);
  expect(swarm.writes).toEqual([]);
});

test("of a cluster that another program has taken over no node is drained", async () => {
  const state = { ...inputs({ a1: {} }), owner: { project: "p", stack: "s", cluster: "c", id: "ours" } };
  swarm = new FakeSwarm({ a1: { name: "a1" } }, state.clusterId);
  swarm.tasks.a1 = 2;
  swarm.labels = ownerLabels({ ...state.owner, id: "theirs" });
  const warn = jest.fn();
  await nodeSpecs.delete("c", state, { ...context, warn });
  expect(swarm.writes).toEqual([]);
  expect(warn.mock.calls).toEqual([[expect.stringMatching(/stay in service: .*identity theirs/)]]);
});

describe("after tasks have moved, a look at the networks", () => {
  const joining = () => {
    swarm = new FakeSwarm({
      m1: { name: "m1", vote: "leader" },
      a1: { name: "a1", availability: "drain" },
    });
    looks = 0;
  };

  test("warns of what nodes hold otherwise, with the command that mends it; of what costs nothing it does not", async () => {
    joining();
    wrong = ["one", "two", "three", "four"].map((text) => ({ text, isHarmless: false }));
    wrong.push({ text: "left over", isHarmless: true });
    const warn = jest.fn();
    await nodeSpecs.create(inputs({ m1: {}, a1: {} }), { ...context, warn });
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/: one; two; three; and 1 more\. .*npm run swarm -- doctor --repair-network$/)],
    ]);
  });

  test("fails no update where it fails itself", async () => {
    joining();
    wrong = [];
    const warn = jest.fn();
    await nodeSpecs.create(inputs({ m1: {}, a1: {} }), { ...context, warn });
    expect([looks, warn.mock.calls]).toEqual([1, []]);
  });

  test("is not taken where only labels changed", async () => {
    joining();
    const before = inputs({ m1: {} });
    await nodeSpecs.update(before.clusterId, before, inputs({ m1: { labels: { disk: "ssd" } } }), context);
    expect(looks).toBe(0);
  });
});
