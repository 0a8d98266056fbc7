import { waitFor } from "../../foundation/wait";
import type { PreflightMachine } from "../../hosts/preflight/agent-run";
import { runPreflight } from "../../hosts/preflight/run-preflight";
import type { Transport } from "../../transport/transport";
import { FakeAgent, READY, type Script } from "./fixtures/fake-agent";
import { linkOf } from "./fixtures/preflight-report";

const LIMITS = { readyWithinMs: 300, doneWithinMs: 300 };

/** Says what a machine says when all is well. */
function well(results: string[] = [], heard: string[] = []): Script {
  return ([word]) => {
    if (word === "listen") return READY;
    if (word === "go") return [`time ${Date.now() / 1000}`, ...results, "done", ""].join("\n");
    return word === "end" ? [...heard, "bye", ""].join("\n") : undefined;
  };
}

const ALL_OK = (peer: number) => [
  `probe ${peer} 2377/tcp 0.000300 ok`,
  `probe ${peer} 7946/tcp 0.000400 ok`,
  `probe ${peer} 7946/udp - ok`,
  `probe ${peer} 4789/udp - ok`,
  `path ${peer} 0.000200 0.100000 1500`,
];

function machine(
  transport: Transport,
  index: number,
  more: Partial<PreflightMachine> = {},
): PreflightMachine {
  return { name: transport.node, role: "manager", address: `192.168.7.${index + 1}`, transport, ...more };
}

function run(transports: Transport[], signal = new AbortController().signal) {
  return runPreflight(
    transports.map((transport, index) => machine(transport, index)),
    { signal, limits: LIMITS },
  );
}

test("two machines: the report says what their agents said", async () => {
  const a = new FakeAgent("a", well(ALL_OK(1)));
  const b = new FakeAgent("b", well(ALL_OK(0)));
  const report = await run([a, b]);
  expect(report.hosts[0]).toMatchObject({
    name: "a",
    machineId: "0123456789abcdef0123456789abcdef",
    hostname: "a-host",
    routes: [{ device: "eth0", range: "192.168.7.0/24" }],
    mtus: { eth0: 1500 },
    ports: { "7946/udp": "own" },
    clock: { offsetMs: expect.any(Number) },
  });
  expect(report.hosts[0].failure).toBeUndefined();
  expect(linkOf(report, "a", "b")).toEqual({
    from: "a",
    to: "b",
    probes: ["2377/tcp", "7946/tcp", "7946/udp", "4789/udp"].map((port) => ({ port, state: "ok" })),
    rttMs: expect.closeTo(0.2),
    clock: { offsetMs: expect.closeTo(100), uncertaintyMs: expect.closeTo(0.1) },
    pathMtu: 1500,
    interfaceMtu: 1500,
  });
  // Nobody probes before all listen, and nobody stops listening before all have probed.
  expect(a.told[0]).toMatch(/^listen [0-9a-f]{32} 0 4789 1 0$/);
  expect(a.told[0].split(" ")[1]).toBe(b.told[0].split(" ")[1]);
  expect(a.told.slice(1)).toEqual([
    "probe 1 2377/tcp 192.168.7.2 1 0",
    "probe 1 7946/tcp 192.168.7.2 1 0",
    "probe 1 7946/udp 192.168.7.2 1 0",
    "probe 1 4789/udp 192.168.7.2 1 1",
    "go 2.5",
    "end",
  ]);
});

test("nobody is told to go before the last one is ready", async () => {
  let bIsReady = false;
  const a = new FakeAgent("a", (words) => {
    if (words[0] === "go" && !bIsReady) return "too early\n";
    return well(ALL_OK(1))(words);
  });
  const slow: Transport = Object.assign(new FakeAgent("b", well(ALL_OK(0)), ""), {});
  const inner = slow.run.bind(slow);
  slow.run = (command, options) => {
    setImmediate(() => {
      bIsReady = true;
      options?.onStdout?.(Buffer.from("hello\n"));
    });
    return inner(command, options);
  };
  expect((await run([a, slow])).hosts.map(({ failure }) => failure)).toEqual([undefined, undefined]);
});

test("a packet that arrived counts, whatever became of its answer; one that did not is the link's alone", async () => {
  const silent = ALL_OK(1).map((line) => line.replace("udp - ok", "udp - silent"));
  const report = await run([
    new FakeAgent("a", well(silent)),
    new FakeAgent("b", well(ALL_OK(0), ["heard 0 7946/udp 0"])),
  ]);
  expect(linkOf(report, "a", "b").probes).toEqual([
    { port: "2377/tcp", state: "ok" },
    { port: "7946/tcp", state: "ok" },
    { port: "7946/udp", state: "ok" },
    { port: "4789/udp", state: "blocked", reason: "no answer" },
  ]);
  expect(linkOf(report, "b", "a").probes.every(({ state }) => state === "ok")).toBe(true);
});

test.each([
  ["refused", "refused"],
  ["cut", "the connection was cut"],
  ["stranger 0", "a answers at that address"],
  ["failed Operation not permitted", "Operation not permitted"],
])("what an agent calls %s is a reason that a person understands", async (result, reason) => {
  const results = ALL_OK(1).map((line) => line.replace(/(7946\/tcp) .*/, `$1 - ${result}`));
  const report = await run([new FakeAgent("a", well(results)), new FakeAgent("b", well(ALL_OK(0)))]);
  expect(linkOf(report, "a", "b").probes[1]).toEqual({ port: "7946/tcp", state: "blocked", reason });
});

test("a port that the node's engine holds: a connection is tried, a packet is not", async () => {
  const member: Script = (words) =>
    words[0] === "listen" ? READY.replaceAll(/ own$/gm, " used") : well(ALL_OK(0))(words);
  const a = new FakeAgent("a", well(ALL_OK(1).slice(0, 2)));
  const report = await run([a, new FakeAgent("b", member)]);
  expect(a.told.slice(1, 4)).toEqual([
    "probe 1 2377/tcp 192.168.7.2 0 0",
    "probe 1 7946/tcp 192.168.7.2 0 0",
    "go 2.5",
  ]);
  expect(linkOf(report, "a", "b").probes.map(({ state }) => state)).toEqual([
    "ok",
    "ok",
    "unknown",
    "unknown",
  ]);
  expect(linkOf(report, "a", "b").rttMs).toBeCloseTo(0.3);
});

test("a member is told to listen at nothing", async () => {
  const a = new FakeAgent("a", well(ALL_OK(1)));
  const b = new FakeAgent("b", well(ALL_OK(0)));
  const member = machine(b, 1, { role: "worker", engine: { version: "26.1.5", inSwarm: true } });
  await runPreflight([machine(a, 0), member], { signal: new AbortController().signal, limits: LIMITS });
  expect([a, b].map(({ told }) => told[0].split(" ").slice(2).join(" "))).toEqual([
    "0 4789 1 0",
    "1 4789 0 1",
  ]);
});

test("one that cannot start, dies or says nothing is reported; the others are measured", async () => {
  const refused: Transport = Object.assign(new FakeAgent("b", () => undefined), {
    run: () => Promise.reject(new Error("b: no route to host.")),
  });
  const dead: Transport = Object.assign(new FakeAgent("c", () => undefined), {
    run: async () => ({ exitCode: 127, stdout: "", stderr: "first\nit has neither perl nor python3\n" }),
  });
  const mute = new FakeAgent("d", () => undefined);
  const report = await run([
    new FakeAgent("a", well(ALL_OK(4))),
    refused,
    dead,
    mute,
    new FakeAgent("e", well(ALL_OK(0))),
  ]);
  expect(report.hosts.map(({ failure }) => failure)).toEqual([
    undefined,
    "b: no route to host.",
    "the preflight's program ended with exit code 127: it has neither perl nor python3",
    "it did not answer within 0.3 s",
    undefined,
  ]);
  expect(report.links.map(({ from, to }) => `${from} ${to}`)).toEqual(["a e", "e a"]);
  const until = { name: "its input is closed", on: "d", intervalMs: 10, timeoutMs: 5_000 };
  await waitFor(until, async () => (mute.closed ? { done: true } : { pending: "open" }));
});

test("a cancelled look ends at once and closes every agent", async () => {
  const cancelled = new AbortController();
  const mute = new FakeAgent("b", ([word]) => {
    if (word === "listen") setImmediate(() => cancelled.abort());
    return undefined;
  });
  const a = new FakeAgent("a", well());
  await expect(run([a, mute], cancelled.signal)).rejects.toThrow(/abort/i);
  expect(a.told).toHaveLength(1);
});

test("what gave no answer is asked a second time with patience, and what answers then is open", async () => {
  const asked: string[][] = [];
  const busy: Script = (words) => {
    if (words[0] === "probe") asked.push(words);
    const silent = ALL_OK(1).map((line) => line.replace(/7946\/tcp 0.000400 ok/, "7946/tcp - silent"));
    if (words[0] === "go" && words[1] === "2.5") {
      asked.length = 0;
      return well(silent)(words);
    }
    return well(ALL_OK(1))(words);
  };
  const report = await run([new FakeAgent("a", busy), new FakeAgent("b", well(ALL_OK(0)))]);
  expect(linkOf(report, "a", "b").probes.every(({ state }) => state === "ok")).toBe(true);
  // Without sizes this time.
  expect(asked.map(([, peer, port, , , measure]) => [peer, port, measure])).toEqual([
    ["1", "2377/tcp", "0"],
    ["1", "7946/tcp", "0"],
    ["1", "7946/udp", "0"],
    ["1", "4789/udp", "0"],
  ]);
});

test("nobody listens at a member that is locked, and that stands in nobody's way", async () => {
  const a = new FakeAgent("a", well(ALL_OK(1).map((line) => line.replace(/tcp \S+ ok/, "tcp - refused"))));
  const locked = machine(new FakeAgent("b", well(ALL_OK(0))), 1, {
    engine: { version: "26.1.5", inSwarm: true, asleep: true },
  });
  const report = await runPreflight([machine(a, 0), locked], {
    signal: new AbortController().signal,
    limits: LIMITS,
  });
  const states = linkOf(report, "a", "b").probes.map(({ port, state }) => `${port} ${state}`);
  expect(states.slice(0, 2)).toEqual(["2377/tcp unknown", "7946/tcp unknown"]);
});
