import type { SwarmNodeInputs, SwarmNodeOutputs } from "../../schema/swarm";
import type { SwarmNodeInspect } from "../../docker/api/node";
import { engineError } from "../../docker/errors";
import { waitFor } from "../../foundation/wait";
import type { Context } from "../../foundation/context";
import { hasAnotherMachine, isLost, noteMachine, unlessLost } from "../../swarm/membership/lost";
import { Session } from "../../foundation/session";

const CONTAINER_ID = "c".repeat(64);

/** Containers that the outer engine knows, by name and ID; and the state that the swarm lists, where it lists the node. */
let containers: string[] = [];
let listed: string | undefined;
jest.mock("../../transport/outer-engine", () => ({
  outerEngine: () => ({
    get: (action: string, path: string) =>
      containers.includes(path.split("/")[2])
        ? Promise.resolve({})
        : Promise.reject(engineError("Docker Engine", action, 404, "No such container: app-1")),
  }),
}));
jest.mock("../../swarm/managers", () => ({
  onManager: () => Promise.resolve(listed && ({ Status: { State: listed } } as SwarmNodeInspect)),
}));

const context: Context = {
  signal: new AbortController().signal,
  session: new Session(),
  progress: () => undefined,
  info: () => undefined,
  warn: () => undefined,
};
let number = 0;

beforeEach(() => {
  number++;
  containers = ["app-1", CONTAINER_ID];
  listed = "ready";
});

function member(state: object = { connection: { container: "app-1" }, machine: CONTAINER_ID }) {
  const nodeId = `id-${number}`;
  noteMachine({ nodeId, ...state } as SwarmNodeInputs & SwarmNodeOutputs, context);
  return { name: "app-1", nodeId, managers: [] };
}

describe("a member is lost", () => {
  test("not while the swarm lists it as Ready and its container is there", async () => {
    expect(await isLost(member(), context)).toBe(false);
  });

  test.each(["down", undefined])("where the swarm lists it as %s", async (state) => {
    listed = state;
    expect(await isLost(member(), context)).toBe(true);
  });

  test("not where the swarm does not know its state: its leader is a new one", async () => {
    listed = "unknown";
    expect(await isLost(member(), context)).toBe(false);
  });

  test("where its container is no more, though another one has its name and the swarm calls it Ready", async () => {
    containers = ["app-1"];
    expect(await isLost(member(), context)).toBe(true);
  });

  test("where no container has its name, and its identity is none of a container", async () => {
    containers = [CONTAINER_ID];
    expect(await isLost(member({ connection: { container: "app-1" }, machine: "m1" }), context)).toBe(true);
  });

  test("not for what a container engine says where it is a host, nor where its machine is not known", async () => {
    containers = [];
    expect(await isLost(member({ connection: { host: "h" }, machine: CONTAINER_ID }), context)).toBe(false);
    expect(await isLost({ name: "app-1", nodeId: "other", managers: [] }, context)).toBe(false);
  });
});

test("a member that came back in another container is no longer the one that was", () => {
  const nodeId = `id-${number}`;
  const before = { nodeId, connection: { container: "app-1" }, machine: CONTAINER_ID } as SwarmNodeInputs &
    SwarmNodeOutputs;
  expect(hasAnotherMachine(before, context)).toBe(false);
  noteMachine(before, context);
  expect(hasAnotherMachine(before, context)).toBe(false);
  noteMachine({ ...before, machine: "d".repeat(64) }, context);
  expect(hasAnotherMachine(before, context)).toBe(true);
});

describe("a step that waits for a member", () => {
  const never = (watched: Context) =>
    waitFor<void>(
      {
        name: "something happens",
        on: "app-1",
        intervalMs: 10,
        timeoutMs: 20_000,
        signal: watched.signal,
      },
      () => Promise.resolve({ pending: "nothing" }),
    );

  test("ends well when the machine vanishes meanwhile", async () => {
    const step = unlessLost(member(), context, (watched) => {
      containers = [];
      return never(watched);
    });
    await expect(step).resolves.toBeUndefined();
  });

  test("ends with its own error where the member is there", async () => {
    const step = unlessLost(member(), context, () => Promise.reject(new Error("tasks left")));
    await expect(step).rejects.toThrow("tasks left");
  });

  test("is cancelled by the user all the same", async () => {
    const cancel = new AbortController();
    const step = unlessLost(member(), { ...context, signal: cancel.signal }, never);
    cancel.abort();
    await expect(step).rejects.toThrow(/cancelled/);
  });
});
