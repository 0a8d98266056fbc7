import { leaderAddress } from "../../swarm/nodes/leader";
import { Session } from "../../foundation/session";

/** From which second on the list has a leader. */
let electedAt = 0;
let start = 0;
const second = () => (Date.now() - start) / 1000;
jest.mock("../../swarm/nodes/node-list", () => ({
  recentNodes: () =>
    Promise.resolve([
      { ManagerStatus: { Reachability: "reachable", Addr: "10.0.0.1:2377" } },
      { ManagerStatus: { Leader: second() >= electedAt, Reachability: "reachable", Addr: "10.0.0.2:2377" } },
      {},
    ]),
}));
jest.mock("node:timers/promises", () => ({
  setTimeout: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
}));

const waiting = { signal: new AbortController().signal, session: new Session(), progress: () => undefined };

beforeEach(() => {
  jest.useFakeTimers();
  start = Date.now();
});
afterEach(() => jest.useRealTimers());

async function end(): Promise<{ value: string; at: number }> {
  const ended = leaderAddress("app-1", [], waiting).then(
    (value) => ({ value, at: second() }),
    (error: Error) => ({ value: error.message, at: second() }),
  );
  await jest.runAllTimersAsync();
  return ended;
}

test("an election in the middle of a join is waited for", async () => {
  electedAt = 7;
  expect(await end()).toEqual({ value: "10.0.0.2:2377", at: 7 });
});

test("a swarm that elects nobody is told of, with what to do", async () => {
  electedAt = Infinity;
  expect((await end()).value).toMatch(
    /^app-1: waited 35 s until the swarm shows a leader; last seen: none of 3 nodes leads\. More than half of the managers/,
  );
});
