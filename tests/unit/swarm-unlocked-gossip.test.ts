import type { ManagerRef } from "../../schema/connection";
import { gossipAgain } from "../../swarm/engines/unlocked-gossip";
import { Session } from "../../foundation/session";

/** What listens on each manager's port 7946, and whom it belongs to. */
let listening: Record<string, boolean>;
let process: string;
/** How many restarts it takes until a manager listens. */
let stubborn: number;
/** What was done, in order. */
let calls: string[];
let underWay = 0;
let most = 0;

jest.mock("../../swarm/engines/gossip-port", () => ({
  ...jest.requireActual<object>("../../swarm/engines/gossip-port"),
  gossipPort: ({ container }: { container: string }) =>
    Promise.resolve(
      listening[container]
        ? { ports: ["7946/tcp"], processes: [{ pid: "1", name: process }] }
        : { ports: [], processes: [] },
    ),
}));
jest.mock("../../swarm/managers", () => ({
  onManager: (_managers: unknown, _waiting: unknown, ask: (engine: object) => unknown) =>
    ask({ get: () => Promise.resolve({ UnlockKey: "SWMKEY-1-now" }) }),
}));
jest.mock("../../swarm/engines/engine-stop", () => ({
  whileStopped: ({ name }: ManagerRef, key: string) => {
    most = Math.max(most, ++underWay);
    calls.push(`restart ${name} with ${key}`);
    return Promise.resolve();
  },
}));
jest.mock("node:timers/promises", () => ({
  setTimeout: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
}));

const waiting = { signal: new AbortController().signal, session: new Session(), progress: () => undefined };
const managers = ["m1", "m2"].map((name) => ({ name, connection: { container: name } }));

/** Waits until a manager that was restarted is back, which takes its time. */
const again = (manager: ManagerRef) => async () => {
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  underWay--;
  calls.push(`${manager.name} is back`);
  if (calls.filter((call) => call.startsWith("restart")).length >= stubborn) listening[manager.name] = true;
};

async function end(work: Promise<unknown>): Promise<unknown> {
  const ended = work.then(
    () => "done",
    (error: Error) => error.message,
  );
  await jest.runAllTimersAsync();
  return ended;
}

const look = (manager: ManagerRef) => gossipAgain(manager, managers, again(manager), waiting);

beforeEach(() => {
  jest.useFakeTimers();
  [calls, listening, process, stubborn] = [[], {}, "dockerd", 1];
  [underWay, most] = [0, 0];
});
afterEach(() => jest.useRealTimers());

test("an engine that listens is left alone", async () => {
  listening = { m1: true };
  expect(await end(look(managers[0]))).toBe("done");
  expect(calls).toEqual([]);
});

test("one that begins a moment later is, too", async () => {
  setTimeout(() => (listening.m1 = true), 5_000);
  expect(await end(look(managers[0]))).toBe("done");
  expect(calls).toEqual([]);
});

test("one that does not listen is restarted and unlocked, and is waited for", async () => {
  expect(await end(look(managers[0]))).toBe("done");
  expect(calls).toEqual(["restart m1 with SWMKEY-1-now", "m1 is back"]);
});

test("never two at once", async () => {
  expect(await end(Promise.all(managers.map(look)))).toBe("done");
  expect(most).toBe(1);
  expect(calls.sort()).toEqual(
    ["m1", "m2"].flatMap((name) => [`${name} is back`, `restart ${name} with SWMKEY-1-now`]).sort(),
  );
});

test("an unlock that failed so again is tried again, and not for ever", async () => {
  stubborn = 2;
  expect(await end(look(managers[0]))).toBe("done");
  expect(calls.filter((call) => call.startsWith("restart"))).toHaveLength(2);

  [calls, listening, stubborn] = [[], {}, Infinity];
  expect(await end(look(managers[0]))).toMatch(/^m1: .* takes no part in the gossip .* after 3 restarts/);
});

test("a process of others that has the port is named", async () => {
  listening = { m1: true };
  process = "serf";
  expect(await end(look(managers[0]))).toMatch(/^m1: serf \(process 1\) listens on 7946\/tcp/);
  expect(calls).toEqual([]);
});
