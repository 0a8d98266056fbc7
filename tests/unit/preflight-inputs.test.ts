import type { PreflightHost, PreflightInputs } from "../../schema/preflight";
import { preflight } from "../../provider/handlers/preflight";
import type { Context } from "../../foundation/context";
import { checkPreflight } from "../../validation/preflight";
import { defaultDeviceOf, isDockers, parseRouteTable } from "../../validation/route-table";
import { Session } from "../../foundation/session";

const host = (name: string, address: string, more: Partial<PreflightHost> = {}): PreflightHost => ({
  name,
  address,
  role: "worker",
  connection: { container: name },
  ...more,
});
const owner = { project: "p", stack: "s", cluster: "c" };
const inputs: PreflightInputs = { owner, hosts: [host("a", "10.1.0.1"), host("b", "10.1.0.2")] };

function problems(changed: Partial<PreflightInputs>): string[] {
  return checkPreflight({ ...inputs, ...changed }).map(({ where, text }) => `${where}: ${text}`);
}

describe("inputs", () => {
  test("good ones are good", () => {
    expect(problems({ dataPathPort: 4790, defaultAddrPool: ["10.20.0.0/16"], maxOffset: "1s" })).toEqual([]);
  });

  test.each<[string, Partial<PreflightInputs>, RegExp]>([
    [
      "an interface as address",
      { hosts: [host("a", "eth0")] },
      /^hosts\[0\]\.address: "eth0" is not an IPv4 address/,
    ],
    [
      "a data path address",
      { hosts: [host("a", "10.1.0.1", { dataPathAddr: "x" })] },
      /^hosts\[0\]\.dataPathAddr: "x"/,
    ],
    [
      "a role",
      { hosts: [host("a", "10.1.0.1", { role: "boss" as "worker" })] },
      /^hosts\[0\]\.role: "boss" is neither/,
    ],
    [
      "two of a name",
      { hosts: [host("a", "10.1.0.1"), host("a", "10.1.0.2")] },
      /^hosts\[1\]\.name: "a" is the name/,
    ],
    [
      "two at one address",
      { hosts: [host("a", "10.1.0.1"), host("b", "10.1.0.1")] },
      /^hosts\[1\]\.address: .* of a as well/,
    ],
    ["a port", { dataPathPort: 80 }, /^dataPathPort: 80 is not a whole number from 1024 to 49151/],
    [
      "a pool",
      { defaultAddrPool: ["10.20.0.1/16"] },
      /^defaultAddrPool\[0\]: "10\.20\.0\.1\/16" is not an IPv4 range/,
    ],
    ["an offset", { maxOffset: "250" }, /^maxOffset: "250" is not a duration/],
  ])("%s that is wrong is named with the rule", (_what, changed, expected) => {
    expect(problems(changed)).toEqual([expect.stringMatching(expected)]);
  });
});

describe("the resource", () => {
  const context: Context = {
    signal: new AbortController().signal,
    session: new Session(),
    progress: () => undefined,
    info: () => undefined,
    warn: () => undefined,
  };
  const old = { ...inputs, checkedAt: "2026-01-01T00:00:00Z" };

  test("another way to the same machines is no reason to look again", async () => {
    const moved = inputs.hosts.map((one) => ({ ...one, connection: { container: "elsewhere" } }));
    const outputs = await preflight.update("c", old, { ...inputs, hosts: moved }, context);
    expect(outputs).toEqual({ checkedAt: old.checkedAt });
  });

  test("another machine is: here one that nobody can reach", async () => {
    const nowhere = { container: "no-such-container", dockerHost: "unix:///nowhere.sock" };
    const hosts = [...inputs.hosts, host("c", "10.1.0.3")].map((one) => ({ ...one, connection: nowhere }));
    await expect(preflight.update("c", old, { ...inputs, hosts }, context)).rejects.toThrow(
      /cannot be one swarm yet, and nothing was changed\.\n\nFROM \\ TO[^]*c: nothing could be measured there/,
    );
  });

  test("skipped, it looks at nothing", async () => {
    const created = await preflight.create({ ...inputs, skip: true }, context);
    expect(created).toEqual({ id: "c", outputs: { checkedAt: "" } });
  });
});

test("the kernel's routes: ranges, the default route's interface, and which are Docker's own", () => {
  const table = [
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
    "eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0",
    "wg0\t0000080A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0",
  ].join("\n");
  expect(parseRouteTable(table)).toEqual([{ device: "wg0", range: "10.8.0.0/16" }]);
  expect(defaultDeviceOf(table)).toBe("eth0");
  expect(parseRouteTable("")).toEqual([]);
  expect(["docker0", "docker_gwbridge", "br-0123456789ab", "veth12"].every(isDockers)).toBe(true);
  expect(["br0", "br-lan", "eth0", "wg0"].some(isDockers)).toBe(false);
});
