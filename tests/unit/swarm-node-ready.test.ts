import { NODE_LABEL } from "../../schema/owner";
import type { SwarmNodeInputs } from "../../schema/swarm";
import type { NodeSpec, SwarmNodeInspect } from "../../docker/api/node";
import type { Context } from "../../foundation/context";
import { memberReady } from "../../swarm/membership/member-ready";
import { Session } from "../../foundation/session";

/** The swarm's list, by second of the wait. */
let listed: (second: number) => SwarmNodeInspect[];
let start = 0;
const second = () => (Date.now() - start) / 1000;
const calls: string[] = [];

jest.mock("../../swarm/nodes/node-list", () => ({ recentNodes: () => Promise.resolve(listed(second())) }));
jest.mock("../../docker/connect", () => ({
  connect: () => ({ swarmState: () => Promise.resolve("active/worker") }),
}));
jest.mock("../../swarm/managers", () => ({
  onManager: (_managers: unknown, _waiting: unknown, operation: (engine: object) => unknown) => operation({}),
}));
jest.mock("../../docker/nodes", () => ({
  info: () => Promise.resolve({ Swarm: { LocalNodeState: "active", ControlAvailable: false, Error: "" } }),
  inspectNode: (_engine: object, id: string) => Promise.resolve(listed(second()).find(({ ID }) => ID === id)),
  changeNode: (_engine: object, id: string, change: (spec: NodeSpec) => NodeSpec) => {
    const spec = change({ Role: "worker", Availability: "active", Labels: {} });
    calls.push(`${id} becomes ${spec.Role}`);
    return Promise.resolve();
  },
}));
jest.mock("../../swarm/membership/force-leave", () => ({
  forceLeave: () => Promise.resolve(calls.push("leave")).then(() => undefined),
}));
jest.mock("../../swarm/nodes/standing", () => ({
  JOIN_TIMEOUT_MS: 180_000,
  JOIN_INTERVAL_MS: 100,
  removed: ({ nodeId }: { nodeId: string }) => Promise.resolve(calls.push(`remove ${nodeId}`)),
}));
jest.mock("../../swarm/membership/demotion", () => ({
  demoted: ({ nodeId }: { nodeId: string }) => Promise.resolve(calls.push(`demote ${nodeId}`)),
}));
let joins = 0;
jest.mock("../../swarm/membership/join", () => ({
  joined: () => {
    calls.push("join");
    return Promise.resolve(`id-${++joins + 1}`);
  },
}));
jest.mock("node:timers/promises", () => ({
  setTimeout: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
}));

const warnings: string[] = [];
const context: Context = {
  signal: new AbortController().signal,
  session: new Session(),
  progress: () => undefined,
  info: () => undefined,
  warn: (text) => void warnings.push(text),
};
const inputs = {
  name: "manager-3",
  role: "manager",
  managers: [],
  connection: {},
} as unknown as SwarmNodeInputs;

interface Shown {
  inRaft?: boolean;
  labelled?: boolean;
  role?: string;
}

function node(id: string, { inRaft = false, labelled = false, role = "manager" }: Shown = {}) {
  return {
    ID: id,
    Spec: {
      Role: role,
      Availability: labelled ? "active" : "drain",
      Labels: labelled ? { [NODE_LABEL]: "manager-3" } : {},
    },
    Status: { State: "ready" },
    ...(inRaft ? { ManagerStatus: { Reachability: "reachable" } } : {}),
  } as unknown as SwarmNodeInspect;
}

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
  joins = 0;
  calls.length = 0;
  warnings.length = 0;
});
afterEach(() => jest.useRealTimers());

test("a new manager that stays outside of raft leaves, is taken out of the list and joins again as another node", async () => {
  listed = () => [node("id-1"), node("id-2", { inRaft: joins > 0 })];
  const { value, at } = await end(memberReady("id-1", inputs, context));
  expect(value?.ID).toBe("id-2");
  expect(calls).toEqual(["leave", "remove id-1", "join"]);
  expect(Math.round(at)).toBe(75);
  expect(warnings).toEqual([
    "manager-3: it has been Ready for 75 s, and the managers do not count it as one of them; " +
      "its own engine says: active, no manager. It leaves and joins again.",
  ]);
});

test("one that gets in within the time that swarmkit needs to mend it itself is left alone", async () => {
  listed = (at) => [node("id-1", { inRaft: at > 70 })];
  const { value } = await end(memberReady("id-1", inputs, context));
  expect(value?.ID).toBe("id-1");
  expect(calls).toEqual([]);
});

test("one that gets in while it leaves loses its vote before it is taken out", async () => {
  listed = () => [node("id-1", { inRaft: calls.includes("leave") }), node("id-2", { inRaft: joins > 0 })];
  await end(memberReady("id-1", inputs, context));
  expect(calls).toEqual(["leave", "demote id-1", "remove id-1", "join"]);
});

test("a member that has its place in the swarm is never made to leave: both sides are reported", async () => {
  listed = () => [node("id-1", { labelled: true })];
  const { error } = await end(memberReady("id-1", inputs, context));
  expect(calls).toEqual([]);
  expect(error?.message).toMatch(
    /last seen: manager is not in raft yet; its own engine says: active, no manager/,
  );
});

test("it is not tried for ever", async () => {
  listed = () => [node("id-1"), node("id-2"), node("id-3")];
  const { error } = await end(memberReady("id-1", inputs, context));
  expect(calls).toEqual(["leave", "remove id-1", "join", "leave", "remove id-2", "join"]);
  expect(error?.message).toContain("manager is not in raft yet");
});

test("a member that is a worker by its role is promoted before its being a manager is waited for", async () => {
  listed = () => {
    const isManager = calls.includes("id-1 becomes manager");
    return [node("id-1", { labelled: true, role: isManager ? "manager" : "worker", inRaft: isManager })];
  };
  const { value, at } = await end(memberReady("id-1", inputs, context));
  expect(value?.Spec.Role).toBe("manager");
  expect(calls).toEqual(["id-1 becomes manager"]);
  expect(at).toBeLessThan(1);
});
