import type { SwarmNodeInputs, SwarmNodeOutputs } from "../../schema/swarm";
import { refuseRotationWithNodesDown } from "../../swarm/keys/ca-rotation";
import { spreadFrom } from "../../swarm/rollout/spreading";
import { TransportError } from "../../transport/transport";
import type { Context } from "../../foundation/context";
import { asHeard } from "../../swarm/membership/member-drift";
import { placesTaken } from "../../swarm/membership/handover";
import { leaveSafely } from "../../swarm/membership/leave";
import { retire } from "../../swarm/membership/retire";
import { removeDeadTwins } from "../../swarm/membership/twins";
import { FakeSwarm } from "./fixtures/fake-swarm";
import { Session } from "../../foundation/session";

/** A leader that was just elected knows of nobody how he is: nothing of that is a reason to count a node as dead. */
let swarm: FakeSwarm;
/** What a machine's own engine says; an error where it does not answer. */
let own: string | Error;
/** Done to the swarm, second by second of a wait. */
let later: Record<number, () => void>;
let start = 0;

jest.mock("../../swarm/managers", () => ({
  ...jest.requireActual<object>("../../swarm/managers"),
  onManager: (_managers: unknown, _waiting: unknown, ask: (engine: FakeSwarm) => Promise<unknown>) =>
    ask(swarm),
}));
jest.mock("../../docker/connect", () => ({
  connect: () => ({
    transport: {},
    swarmState: () => (own instanceof Error ? Promise.reject(own) : Promise.resolve(own)),
  }),
}));
jest.mock("../../swarm/membership/force-leave", () => ({
  forceLeaveIf: () =>
    own instanceof Error ? Promise.reject(own) : Promise.resolve(swarm.writes.push("leave")),
}));
jest.mock("node:timers/promises", () => ({
  setTimeout: (ms: number) => {
    jest.setSystemTime(Date.now() + ms);
    for (const second of Object.keys(later).map(Number)) {
      if (Date.now() - start < second * 1000) continue;
      later[second]();
      delete later[second];
    }
    return new Promise<void>((resolve) => setImmediate(resolve));
  },
}));

const context: Context = {
  signal: new AbortController().signal,
  session: new Session(),
  progress: () => undefined,
  info: () => undefined,
  warn: () => undefined,
};
const UNHEARD = ["unknown", "disconnected"] as const;
const managers = [{ name: "m1", connection: { host: "m1" } }] as SwarmNodeInputs["managers"];

let number = 0;
beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ["setImmediate", "nextTick"] });
  start = Date.now();
  own = "active/worker";
  later = {};
  swarm = new FakeSwarm(
    { m1: { name: "m1", vote: "leader" }, a1: { name: "app-1" }, a2: { name: "app-1", made: 2 } },
    `unheard-${number++}`,
  );
});
afterEach(() => jest.useRealTimers());

function state(id: string) {
  return swarm.nodes.find(({ ID }) => ID === id)!;
}

function member(nodeId: string) {
  const { clusterId } = swarm;
  const rest = { name: "app-1", role: "worker", machine: nodeId, connection: { host: nodeId } };
  return { ...rest, nodeId, clusterId, managers, ephemeral: false } as unknown as SwarmNodeInputs &
    SwarmNodeOutputs;
}

describe.each(UNHEARD)("a node that is %s", (unheard) => {
  beforeEach(() => void (state("a1").Status.State = unheard));

  test("is drained before another one takes its place", async () => {
    await retire(state("a1"), member("a1"), context);
    expect(swarm.writes).toEqual(["a1 drain"]);
  });

  test("is no dead twin of its successor", async () => {
    await removeDeadTwins(member("a2"), "a2", context);
    expect(swarm.writes).toEqual([]);
  });

  test("is not taken out of the list though its machine does not answer, until the swarm calls it Down", async () => {
    own = new TransportError("app-1", "unreachable", "no answer", "");
    later = { 20: () => (state("a1").Status.State = "ready") };
    await expect(leaveSafely(member("a1"), context)).rejects.toBe(own);
    expect(swarm.writes).toEqual([]);
  });

  test("is waited for before services are moved to it", async () => {
    const moved = jest.spyOn(swarm, "get");
    later = { 5: () => (state("a1").Status.State = "ready") };
    await spreadFrom({ name: "a2", nodeId: "a2", managers }, 1_000, context);
    expect(state("a1").Status.State).toBe("ready");
    expect(moved.mock.calls.at(-1)?.[1]).toMatch(/services|tasks/);
  });

  test("does not keep the root CA from its rotation", async () => {
    later = { 5: () => (state("a1").Status.State = "ready") };
    await expect(refuseRotationWithNodesDown(managers, context)).resolves.toBeUndefined();
  });

  test("is no drift where its own engine says that it is a member", async () => {
    later = { 5: () => (state("a1").Status.State = "ready") };
    const before = { ...state("a1"), Status: { ...state("a1").Status } };
    expect((await asHeard(before, member("a1"), context)).Status.State).toBe("ready");
  });

  test("is what it is where its machine does not answer", async () => {
    own = new TransportError("app-1", "unreachable", "no answer", "");
    expect((await asHeard(state("a1"), member("a1"), context)).Status.State).toBe(unheard);
    expect(Date.now()).toBe(start);
  });
});

test("one that stays unheard is told of in the end", async () => {
  state("a1").Status.State = "unknown";
  await expect(refuseRotationWithNodesDown(managers, context)).rejects.toThrow(/app-1 is unknown/);
});

test("one that is Down is not drained, and is no member any more", async () => {
  state("a1").Status.State = "down";
  await removeDeadTwins(member("a2"), "a2", context);
  expect(swarm.writes).toEqual(["remove a1"]);
});

test("a manager that has joined takes its predecessor's place as soon as a new leader has heard from it", async () => {
  swarm = new FakeSwarm(
    {
      m1: { name: "m1", vote: "leader" },
      m2: { name: "m2", vote: "reachable" },
      m3: { name: "m3", vote: "reachable" },
      new2: { name: "m2", vote: "reachable", made: 2, state: "unknown" },
    },
    `unheard-${number++}`,
  );
  later = { 5: () => (state("new2").Status.State = "ready") };
  const three = ["m1", "m2", "m3"].map((name) => ({ name, connection: { container: name } }));
  const inputs = { ...member("m3"), name: "m3", role: "manager", managers: three } as SwarmNodeInputs;
  await placesTaken(inputs, context);
  expect(swarm.writes).toEqual(["m2 drain", "m2 worker"]);
});
