import { NODE_LABEL } from "../../schema/owner";
import type { SwarmNodeInputs } from "../../schema/swarm";
import type { SwarmNodeInspect } from "../../docker/api/node";
import type { Context } from "../../foundation/context";
import { joinedForOthers, othersJoined } from "../../swarm/membership/early";
import { Session } from "../../foundation/session";

/** What `/_ping` says of each machine, and what the swarm lists. */
let states: Record<string, string> = {};
let listed: SwarmNodeInspect[] = [];
jest.mock("../../docker/connect", () => ({
  connect: ({ host }: { host: string }) => ({ host, swarmState: () => Promise.resolve(states[host]) }),
}));
const looking: (() => void)[] = [];
jest.mock("../../swarm/nodes/node-list", () => ({
  recentNodes: () => {
    looking.splice(0).forEach((tell) => tell());
    return Promise.resolve(listed);
  },
}));
jest.mock("../../docker/nodes", () => ({
  info: ({ host }: { host: string }) => Promise.resolve({ Swarm: { NodeID: `id-${host}` } }),
}));

const context: Context = {
  signal: new AbortController().signal,
  session: new Session(),
  progress: () => undefined,
  info: () => undefined,
  warn: () => undefined,
};

const NAMES = ["manager-1", "manager-2", "manager-3"];

function inputsOf(name: string): SwarmNodeInputs {
  return {
    name,
    clusterId: "c",
    role: "manager",
    advertiseAddr: `at-${name}`,
    connection: { host: name },
    managers: NAMES.map((manager) => ({ name: manager, connection: { host: manager } })),
  } as unknown as SwarmNodeInputs;
}

function listedAs(name: string, change: { id?: string; reachability?: string; state?: string } = {}) {
  const { id = `id-${name}`, reachability = "reachable", state = "ready" } = change;
  return {
    ID: id,
    Spec: { Labels: { [NODE_LABEL]: name } },
    Description: { Hostname: name },
    Status: { State: state },
    ManagerStatus: { Addr: `at-${name}:2377`, Reachability: reachability },
  } as unknown as SwarmNodeInspect;
}

/** A join that ends when the test says so. */
function join() {
  let end: (error?: Error) => void = () => undefined;
  const over = new Promise<void>((resolve, reject) => {
    end = (error) => (error ? reject(error) : resolve());
  });
  return { over, end };
}

/** The swarm has been looked at once more, and what was seen was thought about. */
async function lookedAgain(): Promise<void> {
  for (let look = 0; look < 2; look++) await new Promise<void>((tell) => looking.push(tell));
}

/** Whether it has ended, after everything that could end now did. */
async function hasEnded(work: Promise<unknown>): Promise<boolean> {
  let ended = false;
  const note = () => void (ended = true);
  work.then(note, note);
  await new Promise((resolve) => setImmediate(resolve));
  return ended;
}

beforeEach(() => {
  states = { "manager-1": "active/manager", "manager-2": "pending", "manager-3": "inactive" };
  listed = [listedAs("manager-1")];
});

test("is a member for the next one as soon as the swarm counts it; the last one waits for its end", async () => {
  const { over, end } = join();
  const early = joinedForOthers(inputsOf("manager-2"), over, context);
  expect(await hasEnded(early)).toBe(false);
  for (const change of [{ state: "unknown" }, { reachability: "unreachable" }]) {
    listed = [listedAs("manager-1"), listedAs("manager-2", change)];
    await lookedAgain();
    expect(await hasEnded(early)).toBe(false);
  }
  listed = [listedAs("manager-1"), listedAs("manager-2")];
  expect(await early).toBe("id-manager-2");

  const last = othersJoined(inputsOf("manager-3"), context);
  expect(await hasEnded(last)).toBe(false);
  end();
  await last;
  await othersJoined(inputsOf("manager-3"), context);
});

test("a join that fails after all is told to the one that waits for it", async () => {
  const { over, end } = join();
  const early = joinedForOthers(inputsOf("manager-2"), over, context);
  await hasEnded(early);
  listed = [listedAs("manager-1"), listedAs("manager-2")];
  await early;
  end(new Error("manager-2: no"));
  await expect(othersJoined(inputsOf("manager-3"), context)).rejects.toThrow("manager-2: no");
  await othersJoined(inputsOf("manager-3"), context);
});

test.each([
  { what: "nobody is behind it", name: "manager-3", change: () => undefined },
  {
    what: "all behind it are members",
    name: "manager-2",
    change: () => (states["manager-3"] = "active/manager"),
  },
  {
    what: "it has a predecessor of its name",
    name: "manager-2",
    change: () => listed.push(listedAs("manager-2", { id: "old" })),
  },
  {
    what: "another one has a predecessor of its name",
    name: "manager-2",
    change: () => listed.push(listedAs("manager-1", { id: "old" })),
  },
])("its own join's end counts where $what", async ({ name, change }) => {
  change();
  const { over } = join();
  expect(await joinedForOthers(inputsOf(name), over, context)).toBeUndefined();
});

test.each([
  { how: "well", error: undefined },
  { how: "with an error", error: new Error("refused") },
])("a join that ends first, $how, is its own result", async ({ error }) => {
  const { over, end } = join();
  const early = joinedForOthers(inputsOf("manager-2"), over, context);
  end(error);
  expect(await early).toBeUndefined();
  await othersJoined(inputsOf("manager-3"), context);
});

test("another machine at that address is not it", async () => {
  const { over, end } = join();
  const early = joinedForOthers(inputsOf("manager-2"), over, context);
  await hasEnded(early);
  listed = [listedAs("manager-1"), { ...listedAs("manager-2"), ID: "somebody" }];
  await lookedAgain();
  expect(await hasEnded(early)).toBe(false);
  end();
  expect(await early).toBeUndefined();
});
