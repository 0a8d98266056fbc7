import type { ManagerRef } from "../../schema/connection";
import { demoted, heardAsWorker } from "../../swarm/membership/demotion";
import { noteVoter } from "../../swarm/nodes/new-voters";
import type { SwarmNodeInspect } from "../../docker/api/node";
import { Session } from "../../foundation/session";

/** What the swarm says of the node, and what its own machine says, by the second of the wait. */
let listed: (second: number) => object;
let own: (second: number) => { state: string; certified: string };
/** From when on the swarm has given it the role that it shall have. */
let reconciledAt = 0;
let start = 0;
const second = () => (Date.now() - start) / 1000;
let writtenAt: number | undefined;

jest.mock("../../docker/connect", () => ({
  connect: () => ({ swarmState: () => Promise.resolve(own(second()).state) }),
}));
jest.mock("../../swarm/nodes/node-certificate", () => ({
  certifiedMembership: () => Promise.resolve({ role: own(second()).certified }),
}));
jest.mock("../../swarm/managers", () => ({
  onManager: (_managers: unknown, _waiting: unknown, ask: (engine: object) => unknown) => ask({}),
}));
jest.mock("../../docker/nodes", () => ({
  inspectNode: () => Promise.resolve(listed(second()) as SwarmNodeInspect),
  isReconciledAs: () => Promise.resolve(second() >= reconciledAt),
  changeNode: () => {
    writtenAt = second();
    return Promise.resolve();
  },
}));
jest.mock("node:timers/promises", () => ({
  setTimeout: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
}));

const waiting = { signal: new AbortController().signal, session: new Session(), progress: () => undefined };
const connection = { host: "manager-1" } as unknown as ManagerRef["connection"];
const member = { name: "manager-1", nodeId: "id", managers: [], connection };

async function end(work: Promise<void>): Promise<{ error?: Error; at: number }> {
  const ended = work.then(
    () => ({ at: second() }),
    (error: Error) => ({ error, at: second() }),
  );
  await jest.runAllTimersAsync();
  return ended;
}

beforeEach(() => {
  jest.useFakeTimers();
  start = Date.now();
  writtenAt = undefined;
});
afterEach(() => jest.useRealTimers());

describe("out of raft", () => {
  const manager = (Leader: boolean) => () =>
    writtenAt === undefined ? { ManagerStatus: { Leader, Reachability: "reachable" } } : {};

  test("a leader goes when the manager that joined last can be elected", async () => {
    listed = manager(true);
    noteVoter("leader's successor", waiting);
    await end(demoted(member, waiting));
    expect(writtenAt).toBe(2);
  });

  test("any other manager goes at once", async () => {
    listed = manager(false);
    noteVoter("another one", waiting);
    await end(demoted(member, waiting));
    expect(writtenAt).toBe(0);
  });
});

describe("heard as a worker", () => {
  const seen = (index: number, State = "ready") => ({ Version: { Index: index }, Status: { State } });
  const stopsAt = (stop: number, certifiedAt: number) => (at: number) => ({
    state: at < stop ? "active/manager" : "active/worker",
    certified: at < certifiedAt ? "manager" : "worker",
  });

  test("it has reported to a manager before it is given its role", async () => {
    reconciledAt = 5;
    own = stopsAt(0, 6);
    listed = (at) => seen(at < 0.5 ? 7 : 9);
    expect((await end(heardAsWorker(member, waiting))).at).toBe(0.5);
  });

  test("its new role alone is no report: the swarm gives it that by itself", async () => {
    reconciledAt = 5;
    own = stopsAt(0, 12);
    listed = (at) => seen(at < 5 ? 7 : 8);
    expect((await end(heardAsWorker(member, waiting))).at).toBe(12);
  });

  test("what the swarm says of it from before its manager's end does not count", async () => {
    reconciledAt = 1;
    own = stopsAt(5, 2);
    listed = (at) => seen(at < 11 ? 7 : 9);
    expect((await end(heardAsWorker(member, waiting))).at).toBe(11);
  });

  test("one that was silent for too long is Down, and waited for", async () => {
    reconciledAt = 1;
    own = stopsAt(5, 2);
    listed = (at) => seen(at < 18 ? 7 : 9, at > 17 && at < 23 ? "down" : "ready");
    expect((await end(heardAsWorker(member, waiting))).at).toBe(23);
  });

  test("one that is Ready for longer than a silent one could be was heard before the first look", async () => {
    reconciledAt = 0;
    own = stopsAt(5, 0);
    listed = () => seen(7);
    expect((await end(heardAsWorker(member, waiting))).at).toBe(22.1);
  });

  test("one that does not come back is reported with what its own engine says", async () => {
    own = stopsAt(Infinity, Infinity);
    listed = () => seen(7);
    const { error } = await end(heardAsWorker(member, waiting));
    expect(error?.message).toMatch(
      /^manager-1: waited 60 s until the managers hear of it as a worker; last seen: its own engine says: active\/manager\. It is out of raft/,
    );
  });
});
