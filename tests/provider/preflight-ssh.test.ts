import { randomBytes } from "node:crypto";
import type { Transport } from "../../transport/transport";
import { waitFor } from "../../foundation/wait";
import type { PreflightMachine } from "../../hosts/preflight/agent-run";
import { runPreflight } from "../../hosts/preflight/run-preflight";
import { SshTransport } from "../../transport/ssh-transport";
import { docker } from "../e2e/harness/docker";
import { SshHosts, type SshHost } from "../e2e/harness/ssh-hosts";

jest.setTimeout(120_000);

const never = new AbortController().signal;

let hosts: SshHosts;
const transports: Transport[] = [];

beforeAll(async () => {
  hosts = await SshHosts.create(`preflight-${randomBytes(3).toString("hex")}`, "bare", 3);
  for (const host of hosts.hosts) await listening(host);
}, 300_000);
afterEach(() => transports.splice(0).forEach((transport) => transport.close()));
afterAll(() => hosts?.remove());

/** By SSH as a user that has to use sudo; the first of them is a manager. */
function machines(): PreflightMachine[] {
  return hosts.hosts.map(({ name, address, hostKey }, index) => {
    const privateKey = hosts.userKey.private;
    const transport = new SshTransport({ host: address, user: "admin", sudo: true, privateKey, hostKey });
    transports.push(transport);
    return { name, role: index === 0 ? "manager" : "worker", address, transport };
  });
}

function listening({ container }: SshHost): Promise<unknown> {
  return waitFor(
    { name: "its SSH server listens", on: container, intervalMs: 100, timeoutMs: 30_000 },
    async () =>
      (await docker("exec", container, "ss", "-Hltn", "sport = :22"))
        ? { done: true }
        : { pending: "nobody does" },
  );
}

/**
 * Fulfilled when the preflight's program on a machine has said its first word. A look from outside may come too late: on a
 * busy machine it takes longer than the whole preflight.
 */
function firstWord({ transport }: PreflightMachine): Promise<void> {
  const run = transport.run.bind(transport);
  return new Promise((resolve) => {
    transport.run = (command, options) =>
      run(command, {
        ...options,
        onStdout(chunk) {
          resolve();
          options?.onStdout?.(chunk);
        },
      });
  });
}

/** Waits until the preflight's program does not run on a host any more. */
async function untilGone(name: string): Promise<void> {
  const { container } = hosts.host(name);
  const condition = "the preflight's program is gone";
  await waitFor({ name: condition, on: container, intervalMs: 20, timeoutMs: 20_000 }, async () => {
    const found = (await docker("top", container, "-eo", "pid,args"))
      .split("\n")
      .filter((one) => /perl -e/.test(one));
    return found.length === 0 ? { done: true } : { pending: `${found.length} processes` };
  });
}

test("over SSH and sudo every pair is looked at, and nothing is left running", async () => {
  const { hosts: seen, links } = await runPreflight(machines(), { signal: never });
  expect(seen.map(({ name, failure, hostname }) => ({ name, failure, hostname }))).toEqual(
    ["host-1", "host-2", "host-3"].map((name) => ({ name, failure: undefined, hostname: name })),
  );
  expect(links).toHaveLength(6);
  expect(links.flatMap(({ probes }) => probes.filter(({ state }) => state !== "ok"))).toEqual([]);
  // All of them have this machine's clock: what is beyond the round trip would be an error of the measurement.
  for (const { clock } of links)
    expect(Math.abs(clock?.offsetMs ?? Infinity)).toBeLessThan((clock?.uncertaintyMs ?? 0) + 0.01);
  for (const { name } of hosts.hosts) await untilGone(name);
});

test("a connection that is lost takes the program with it, and the others are measured", async () => {
  const all = machines();
  const began = firstWord(all[1]);
  const seen = runPreflight(all, { signal: never });
  await began;
  all[1].transport.close();
  const { hosts: reports, links } = await seen;
  expect(reports.map(({ failure }) => failure !== undefined)).toEqual([false, true, false]);
  expect(links.map(({ from, to }) => `${from} ${to}`)).toEqual(["host-1 host-3", "host-3 host-1"]);
  await untilGone("host-2");
});

test("a cancelled look leaves nothing running", async () => {
  const cancelled = new AbortController();
  const all = machines();
  const began = firstWord(all[2]);
  const seen = runPreflight(all, { signal: cancelled.signal });
  await began;
  cancelled.abort();
  await expect(seen).rejects.toThrow(/abort/i);
  for (const { name } of hosts.hosts) await untilGone(name);
});
