import { memberOfSwarm } from "../../swarm/nodes/standing";
import { nodeReady } from "../../swarm/membership/node-ready";
import type { SwarmNodeInspect } from "../../docker/api/node";
import type { ManagerRef } from "../../schema/connection";
import { Session } from "../../foundation/session";

// Minutes of the wait are thousands of looks, which a busy machine takes its time for.
jest.setTimeout(30_000);

/** What the swarm lists, and what the machine's own engine says, by the second of the wait. */
let listed: (second: number) => Partial<SwarmNodeInspect> | undefined;
let own: (second: number) => {
  LocalNodeState: string;
  NodeID?: string;
  ControlAvailable?: boolean;
  Error?: string;
};
let start = 0;
const second = () => (Date.now() - start) / 1000;
jest.mock("../../swarm/nodes/node-list", () => ({
  recentNodes: () => Promise.resolve([listed(second())].filter(Boolean)),
}));
/** Unlock keys that the machine's engine was given. */
const keys: string[] = [];
/** How often it answers with an error before that. */
let refusals = 0;
jest.mock("../../docker/connect", () => ({
  connect: () => ({
    swarmState: () => Promise.resolve(own(second()).LocalNodeState),
    post: (_action: string, _path: string, { body }: { body: { UnlockKey: string } }) =>
      refusals-- > 0
        ? Promise.reject(new Error("no leader"))
        : Promise.resolve(void keys.push(body.UnlockKey)),
    get: () => Promise.resolve([]),
  }),
}));
/** Managers whose part in the gossip was looked at. */
const gossipers: string[] = [];
jest.mock("../../swarm/engines/unlocked-gossip", () => ({
  gossipAgain: ({ name }: ManagerRef) => Promise.resolve(void gossipers.push(name)),
}));
jest.mock("../../swarm/managers", () => ({
  onManager: (_managers: unknown, _waiting: unknown, ask: (engine: object) => unknown) =>
    ask({ get: () => Promise.resolve({ UnlockKey: "SWMKEY-1-now" }) }),
}));
jest.mock("../../docker/nodes", () => ({
  ...jest.requireActual<object>("../../docker/nodes"),
  info: () => Promise.resolve({ Swarm: { Error: "", ...own(second()) } }),
}));
jest.mock("node:timers/promises", () => ({
  setTimeout: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
}));

const waiting = { signal: new AbortController().signal, session: new Session(), progress: () => undefined };
const connection = { host: "manager-3" } as unknown as ManagerRef["connection"];
const member = { name: "manager-3", nodeId: "id", managers: [], connection };

function listedAs(state: string, reachability?: string) {
  const manager = { ManagerStatus: { Reachability: reachability } };
  return { ID: "id", Status: { State: state }, ...(reachability ? manager : {}) } as SwarmNodeInspect;
}

/** How a wait ended, and in which second. */
async function end<T>(work: Promise<T>): Promise<{ value?: T; error?: Error; at: number }> {
  const ended = work.then(
    (value) => ({ value, at: second() }),
    (error: Error) => ({ error, at: second() }),
  );
  await jest.runAllTimersAsync();
  return ended;
}

beforeEach(() => {
  jest.useFakeTimers();
  start = Date.now();
  own = () => ({ LocalNodeState: "active", NodeID: "id", ControlAvailable: false });
});
afterEach(() => jest.useRealTimers());

test("a manager that gets on, however slowly, is waited for", async () => {
  listed = (at) => {
    if (at < 170) return undefined;
    if (at < 340) return listedAs("unknown");
    if (at < 510) return listedAs("ready");
    return listedAs("ready", at < 680 ? "unreachable" : "reachable");
  };
  const { value, at } = await end(nodeReady(member, "manager", waiting));
  expect(value?.ManagerStatus?.Reachability).toBe("reachable");
  expect(Math.round(at)).toBe(680);
  // It was not locked.
  expect(gossipers).toEqual([]);
});

test("one that gets on no more is reported with what the managers say and what it says itself", async () => {
  listed = (at) => listedAs(at < 20 ? "unknown" : "ready");
  const { error, at } = await end(nodeReady(member, "manager", waiting));
  expect(error?.message).toMatch(
    /^manager-3: waited 200 s, the last 180 s without progress, until it is Ready and Reachable; last seen: manager is not in raft yet; its own engine says: active, no manager\. Run/,
  );
  expect(Math.round(at)).toBe(200);
});

test.each(["down", "ready"])(
  "one that autolock has locked meanwhile is unlocked, and its gossip is looked at, while it is %s",
  async (state) => {
    keys.length = gossipers.length = 0;
    const isLocked = () => keys.length === 0 && second() > 10;
    own = () => ({ LocalNodeState: isLocked() ? "locked" : "active" });
    listed = () => (keys.length > 0 ? listedAs("ready", "reachable") : listedAs(state));
    const { value, at } = await end(nodeReady(member, "manager", waiting));
    expect(value?.ManagerStatus?.Reachability).toBe("reachable");
    expect(keys).toEqual(["SWMKEY-1-now"]);
    expect(gossipers).toEqual(["manager-3"]);
    expect(at).toBeLessThan(15);
  },
);

test("one that could not be unlocked is tried again", async () => {
  keys.length = 0;
  refusals = 2;
  own = () => ({ LocalNodeState: keys.length === 0 ? "locked" : "active" });
  listed = () => (keys.length > 0 ? listedAs("ready", "reachable") : listedAs("down"));
  const { at } = await end(nodeReady(member, "manager", waiting));
  expect(keys).toEqual(["SWMKEY-1-now"]);
  expect(Math.round(at)).toBe(6);
});

test("one that flaps is not waited for without end", async () => {
  listed = (at) => listedAs(Math.round(at / 10) % 2 ? "ready" : "down");
  const { error, at } = await end(nodeReady(member, "manager", waiting));
  expect(error?.message).toContain("the last 180 s without progress");
  expect(at).toBeLessThan(200);
});

test("a time that the user gave is for the whole of it", async () => {
  listed = (at) => listedAs(at < 20 ? "unknown" : "ready");
  const { error, at } = await end(nodeReady(member, "manager", { ...waiting, timeoutMs: 30_000 }));
  expect(error?.message).toContain("waited 30 s until");
  expect(Math.round(at)).toBe(30);
});

test("a join that is begun again has the time of one step, not of one for each try", async () => {
  own = (at) => ({ LocalNodeState: Math.round(at / 20) % 2 ? "error" : "pending", Error: "no route" });
  const rejoin = jest.fn(() => Promise.resolve());
  const { error, at } = await end(memberOfSwarm("manager-3", connection, rejoin, waiting));
  expect(error?.message).toContain("until it has joined the swarm");
  expect(rejoin).toHaveBeenCalled();
  expect(at).toBeLessThan(200);
});
