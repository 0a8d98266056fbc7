import type { Disrupted } from "../../swarm/rollout/disrupted";
import { inTurn, stoppingOthers } from "../../swarm/rollout/disruption";
import type { Context } from "../../foundation/context";
import type { SwarmNodeInspect } from "../../docker/api/node";
import { Session } from "../../foundation/session";

let listed: SwarmNodeInspect[] = [];
jest.mock("../../swarm/managers", () => ({ onManager: () => Promise.resolve(listed) }));

let cluster = 0;
beforeEach(() => {
  listed = [];
  cluster++;
});

const context: Context = {
  signal: new AbortController().signal,
  session: new Session(),
  progress: () => undefined,
  info: () => undefined,
  warn: () => undefined,
};

function node(name: string, maxUnavailable?: number): Disrupted {
  const role = name.startsWith("manager") ? "manager" : "worker";
  const disruption = { maxUnavailable };
  return { name, nodeId: name, clusterId: `c${cluster}`, role, managers: [], disruption };
}

/** Runs a step for each node at once, and tells how many were out of service together at most. */
async function together(nodes: Disrupted[]): Promise<{ most: number; order: string[] }> {
  let [now, most] = [0, 0];
  const order: string[] = [];
  await Promise.all(
    nodes.map((disrupted) =>
      inTurn(disrupted, context, async () => {
        order.push(disrupted.name);
        most = Math.max(most, ++now);
        await new Promise((resolve) => setImmediate(resolve));
        now--;
      }),
    ),
  );
  return { most, order };
}

test("one node at a time, whatever its role, where the program says nothing", async () => {
  const { most, order } = await together(
    ["app-1", "manager-1", "app-2", "manager-2"].map((name) => node(name)),
  );
  expect(most).toBe(1);
  expect(order.sort()).toEqual(["app-1", "app-2", "manager-1", "manager-2"]);
});

test("as many workers at a time as the program allows, and no more", async () => {
  const { most } = await together(["app-1", "app-2", "app-3", "app-4"].map((name) => node(name, 2)));
  expect(most).toBe(2);
});

test("managers one at a time, even where more nodes may be out of service", async () => {
  const { most } = await together(["manager-1", "manager-2", "manager-3"].map((name) => node(name, 3)));
  expect(most).toBe(1);
});

test("clusters do not wait for each other", async () => {
  const other = { ...node("app-1"), clusterId: `other${cluster}` };
  const { most } = await together([node("app-1"), other]);
  expect(most).toBe(2);
});

test("after a step that failed no other node is touched, and the error names the one that did", async () => {
  await expect(inTurn(node("app-1"), context, () => Promise.reject(new Error("it hangs")))).rejects.toThrow(
    "it hangs",
  );
  const step = jest.fn();
  await expect(inTurn(node("app-2"), context, step)).rejects.toThrow(
    /^app-2 was not touched, because app-1 did not come through its change\..*run the same command again\.$/,
  );
  expect(step).not.toHaveBeenCalled();
});

test("a node that did not even join stops the others as well", async () => {
  const join = stoppingOthers(node("app-1"), context, () => Promise.reject(new Error("no manager in reach")));
  await expect(join).rejects.toThrow("no manager in reach");
  const step = jest.fn();
  await expect(inTurn(node("app-2"), context, step)).rejects.toThrow(/^app-2 was not touched, because app-1/);
  expect(step).not.toHaveBeenCalled();
});

test("a worker that has never reported does not count as down", async () => {
  listed = [worker("", "unknown"), worker("app-2", "ready")];
  const step = jest.fn();
  await inTurn(node("app-1"), context, step);
  expect(step).toHaveBeenCalledTimes(1);
});

test("a worker that is down takes its part of the budget: beside it one at a time, where two may be", async () => {
  listed = [worker("app-9", "down"), worker("app-1", "ready"), worker("app-2", "ready")];
  const { most, order } = await together(["app-1", "app-2"].map((name) => node(name, 2)));
  expect(most).toBe(1);
  expect(order.sort()).toEqual(["app-1", "app-2"]);
});

test("a step that waits beside a worker that is down does not begin once the one in front has failed", async () => {
  listed = [worker("app-9", "down")];
  const step = jest.fn();
  const first = inTurn(node("app-1", 2), context, () => Promise.reject(new Error("it hangs")));
  const second = inTurn(node("app-2", 2), context, step);
  await expect(first).rejects.toThrow("it hangs");
  await expect(second).rejects.toThrow(/^app-2 was not touched, because app-1/);
  expect(step).not.toHaveBeenCalled();
});

function worker(Hostname: string, State: string): SwarmNodeInspect {
  const Spec = { Role: "worker" };
  return { ID: `id-${Hostname}`, Spec, Description: { Hostname }, Status: { State } } as SwarmNodeInspect;
}

test("a wait for a turn ends when the update is cancelled", async () => {
  const cancel = new AbortController();
  let release: () => void = () => undefined;
  let first: Promise<void> | undefined;
  await new Promise<void>((begun) => {
    const step = () => new Promise<void>((resolve) => ((release = resolve), begun()));
    first = inTurn(node("app-1"), context, step);
  });
  const second = inTurn(node("app-2"), { ...context, signal: cancel.signal }, () => Promise.resolve());
  cancel.abort();
  await expect(second).rejects.toThrow(/app-2: cancelled while waiting until it is its turn/);
  release();
  await first;
});
