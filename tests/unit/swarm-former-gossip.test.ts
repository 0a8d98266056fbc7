import type { ContainerConnection } from "../../schema/connection";
import { noteFreshEngine, withoutFormerGossip } from "../../swarm/engines/former-gossip";
import { Session } from "../../foundation/session";

/** Lines of a node's /proc/net, as `grep -H` prints them. */
const NODE_TABLES = {
  gossip:
    "tcp6:   3: 00000000000000000000000000000000:1F0A 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000000000000000 100 0 0 10 0\n" +
    "udp6: 4103: 00000000000000000000000000000000:1F0A 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4712 2 0000000000000000 0\n",
  // Connections of others to such a port, and one of its own that has ended.
  others:
    "tcp:   5: 0200A8C0:A1B2 0300A8C0:1F0A 01 00000000:00000000 00:00000000 00000000     0        0 4713 1 0000000000000000 20 4 30 10 -1\n" +
    "tcp:   6: 0200A8C0:1F0A 0300A8C0:9C40 06 00000000:00000000 03:00000F6C 00000000     0        0 0 3 0000000000000000\n",
  nothing: "",
};

/** What the machine's tables show from one look to the next; the last one stays. */
let tables: string[];
let processes: string;
let exitCode: number;
/** What was asked of the machine and done to it, in order. */
let calls: string[];
let shown: string[];

jest.mock("../../docker/connect", () => ({
  connect: ({ container }: ContainerConnection) => ({
    node: container,
    transport: {
      run: ([, , script, , ...args]: string[]) => {
        const isLook = script.includes("/proc/net");
        calls.push(isLook ? "look" : `who holds ${args.join(" ")}`);
        const stdout = !isLook ? processes : tables.length > 1 ? tables.shift() : tables[0];
        return Promise.resolve({ exitCode, stdout, stderr: exitCode ? "no such file" : "" });
      },
    },
  }),
}));
jest.mock("../../swarm/engines/engine-stop", () => ({
  whileStopped: (_machine: object, key: string, { progress }: { progress: (text: string) => void }) => {
    calls.push(`restart with key "${key}"`);
    progress("stopping the engine");
    tables = afterRestart;
    return Promise.resolve();
  },
}));
jest.mock("node:timers/promises", () => ({
  setTimeout: (ms: number) => {
    jest.setSystemTime(Date.now() + ms);
    return Promise.resolve();
  },
}));
let afterRestart: string[];

const machine = { name: "manager-1", connection: { container: "m1" } };
const waiting = {
  signal: new AbortController().signal,
  session: new Session(),
  progress: (text: string) => void shown.push(text),
};

beforeEach(() => {
  jest.useFakeTimers();
  calls = [];
  shown = [];
  tables = [NODE_TABLES.nothing];
  afterRestart = [NODE_TABLES.nothing];
  processes = "17 dockerd\n";
  exitCode = 0;
});
afterEach(() => jest.useRealTimers());

test.each(["nothing", "others"] as const)(
  "an engine of which the tables show %s joins as it is",
  async (seen) => {
    tables = [NODE_TABLES[seen]];
    await withoutFormerGossip(machine, waiting);
    expect(calls).toEqual(["look"]);
  },
);

test("one that listens though it is in no swarm is restarted, and that is said", async () => {
  tables = [NODE_TABLES.gossip];
  await withoutFormerGossip(machine, waiting);
  expect(calls.filter((call) => call.startsWith("restart"))).toEqual(['restart with key ""']);
  expect(calls.at(-1)).toBe("look");
  expect(calls).toContain("who holds 4711 4712");
  expect(shown).toContain(
    "restarting its engine, which keeps port 7946 for the gossip of a swarm that it left: stopping the engine",
  );
});

test("one whose goodbye is under way ends by itself", async () => {
  tables = [NODE_TABLES.gossip, NODE_TABLES.gossip, NODE_TABLES.nothing];
  await withoutFormerGossip(machine, waiting);
  expect(calls.filter((call) => call === "look")).toHaveLength(3);
  expect(calls.join()).not.toContain("restart");
});

test("a process of others is named, and no engine is restarted for it", async () => {
  tables = [NODE_TABLES.gossip];
  processes = "12 serf agent\n";
  await expect(withoutFormerGossip(machine, waiting)).rejects.toThrow(
    /^manager-1: serf agent \(process 12\) listens on 7946\/tcp and 7946\/udp, .* End that process or give it another port/,
  );
  expect(calls.join()).not.toContain("restart");
});

test("where nobody can see whose it is, the engine is restarted, and what listens still is an error", async () => {
  tables = afterRestart = [NODE_TABLES.gossip];
  processes = "";
  await expect(withoutFormerGossip(machine, waiting)).rejects.toThrow(
    /^manager-1: another process listens on 7946\/tcp and 7946\/udp/,
  );
  expect(calls.filter((call) => call.startsWith("restart"))).toHaveLength(1);
});

test("a machine whose tables cannot be read is not taken for a free one", async () => {
  exitCode = 2;
  await expect(withoutFormerGossip(machine, waiting)).rejects.toThrow(
    /^m1: .* \(exit code 2\): no such file/,
  );
});

test("a machine that was made in this run is looked at from its second swarm on", async () => {
  tables = [NODE_TABLES.gossip];
  noteFreshEngine(machine.connection, waiting);
  await withoutFormerGossip(machine, waiting);
  expect(calls).toEqual([]);
  await withoutFormerGossip(machine, waiting);
  expect(calls.join()).toContain("restart");
});
