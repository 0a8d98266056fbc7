import { ownerLabels } from "../../schema/owner";
import type { SwarmNodeInputs, SwarmNodeOutputs } from "../../schema/swarm";
import type { Context } from "../../foundation/context";
import { leaveSafely } from "../../swarm/membership/leave";
import { FakeSwarm } from "./fixtures/fake-swarm";
import { Session } from "../../foundation/session";

let swarm: FakeSwarm;
jest.mock("../../swarm/managers", () => ({
  ...jest.requireActual<object>("../../swarm/managers"),
  onManager: (_managers: unknown, _waiting: unknown, ask: (engine: FakeSwarm) => Promise<unknown>) =>
    ask(swarm),
}));
jest.mock("../../docker/connect", () => ({
  connect: () => ({
    swarmState: () => Promise.resolve("active"),
    get: () => Promise.resolve([]),
    transport: {},
  }),
}));
jest.mock("../../swarm/membership/force-leave", () => ({
  forceLeaveIf: () => Promise.resolve(swarm.writes.push("leave")),
}));

const OWNER = { project: "p", stack: "s", cluster: "c", id: "ours" };

const warn = jest.fn();
const context: Context = {
  signal: new AbortController().signal,
  session: new Session(),
  progress: () => undefined,
  info: () => undefined,
  warn,
};

function member(name: string): SwarmNodeInputs & SwarmNodeOutputs {
  return {
    owner: OWNER,
    name,
    nodeId: name,
    clusterId: swarm.clusterId,
    machine: name,
    managers: ["m1", "m2"].map((manager) => ({ name: manager, connection: { host: manager } })),
    connection: { host: name },
    advertiseAddr: "",
    role: "worker",
    ephemeral: false,
    joinToken: "",
  } as SwarmNodeInputs & SwarmNodeOutputs;
}

let number = 0;
beforeEach(() => {
  warn.mockClear();
  // What failed in a cluster holds up the rest of its nodes.
  swarm = new FakeSwarm(
    {
      m1: { name: "m1", vote: "leader" },
      m2: { name: "m2", vote: "reachable" },
      m3: { name: "m3", vote: "reachable" },
      a1: { name: "a1" },
    },
    `c${number++}`,
  );
  swarm.labels = ownerLabels(OWNER);
});

test("a manager gives its tasks away while it has its vote yet, then that, and leaves", async () => {
  swarm.tasks.m2 = 1;
  await leaveSafely(member("m2"), context);
  expect(swarm.writes).toEqual(["m2 drain", "m2 worker", "leave", "remove m2"]);
});

test("a manager whose vote the others need keeps its tasks as well", async () => {
  swarm.nodes.splice(1, 1);
  swarm.nodes[1].Status.State = "down";
  swarm.nodes[1].ManagerStatus = { Leader: false, Reachability: "unreachable", Addr: "" };
  await expect(leaveSafely(member("m1"), context)).rejects.toThrow(/quorum/);
  expect(swarm.writes).toEqual([]);
});

describe("a swarm that another program has taken over", () => {
  beforeEach(() => void (swarm.labels = ownerLabels({ ...OWNER, id: "theirs" })));

  test.each(["m2", "a1"])("keeps %s, and says so", async (name) => {
    await leaveSafely(member(name), context);
    expect(swarm.writes).toEqual([]);
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/^it stays a member: .*theirs.*, and this is .*ours/)],
    ]);
  });

  test("loses the nodes of states from before nodes had an owner: nobody can tell", async () => {
    await leaveSafely({ ...member("a1"), owner: undefined }, context);
    expect(swarm.writes).toEqual(["a1 drain", "leave", "remove a1"]);
  });
});
