import { once } from "node:events";
import { createConnection } from "node:net";
import { SshTransport } from "../../transport/ssh-transport";
import { EngineClient } from "../../docker/engine-client";
import { childrenOf } from "../e2e/harness/processes";
import { enableFirewall } from "./harness/firewall";
import { VmNetwork } from "./harness/network";
import { PackageProxy } from "./harness/package-proxy";
import { askTime } from "./harness/time-server";
import { traces } from "./harness/traces";
import type { Vm } from "./harness/vm";

jest.setTimeout(900_000);

const YEAR_MS = 365 * 24 * 3600 * 1000;

let network: VmNetwork;
let timeServer: string;
let ready: Vm;
let bare: Vm;
let late: Vm;
const open: { close(): void }[] = [];

beforeAll(async () => {
  network = await VmNetwork.create();
  timeServer = await network.startTimeServer();
  ready = await network.vm("ready");
  bare = await network.vm("bare", { variant: "bare" });
  late = await network.vm("late", { clockBase: "2020-01-01T00:00:00" });
  const boots = await Promise.all([ready, bare, late].map((vm) => vm.start()));
  report("three at once", boots);
});
afterEach(() => open.splice(0).forEach((client) => client.close()));
afterAll(() => network?.remove());

function report(what: string, boots: { sshMs: number; bootMs: number }[]): void {
  const seconds = boots.map(({ sshMs, bootMs }) => `${tenths(sshMs)}/${tenths(bootMs)} s`);
  process.stdout.write(`Boot, ${what}: SSH/complete after ${seconds.join(", ")}\n`);
}

function tenths(ms: number): string {
  return (ms / 1000).toFixed(1);
}

function engineOf(vm: Vm): EngineClient {
  const engine = new EngineClient(new SshTransport(vm.connection));
  open.push(engine);
  return engine;
}

function shell(vm: Vm, connection = vm.connection): SshTransport {
  const transport = new SshTransport(connection);
  open.push(transport);
  return transport;
}

test("each is a machine of its own, with its name, its address and an administrator who may become root", async () => {
  for (const vm of [ready, bare, late]) {
    const seen = await shell(vm).run(["sh", "-c", "whoami; hostname; hostname -i; sudo -n whoami"]);
    expect(seen).toMatchObject({ stdout: `admin\n${vm.name}\n${vm.address}\nroot\n`, stderr: "" });
  }
});

test("none is taken for another: the host key of one is refused at the other", async () => {
  const { hostKey } = bare.connection;
  await expect(shell(ready, { ...ready.connection, hostKey }).run(["true"])).rejects.toThrow(
    /not the pinned/,
  );
});

test("an engine answers where there is one, and the kernel has what the routing mesh needs", async () => {
  for (const vm of [ready, late]) {
    const info = await engineOf(vm).get<{ Name: string; CgroupVersion: string }>("ask", "/info");
    expect(info).toMatchObject({ Name: vm.name, CgroupVersion: "2" });
    expect(await vm.output("modprobe ip_vs && grep -c '^ip_vs ' /proc/modules")).toBe("1");
  }
  expect(await bare.run("command -v dockerd docker chronyd")).toMatchObject({ stdout: "" });
});

test("only the clock of the one is years behind", async () => {
  const behind = async (vm: Vm) => Date.now() - Number(await vm.output("date +%s")) * 1000;
  expect(await behind(late)).toBeGreaterThan(YEAR_MS / 4);
  expect(Math.abs(await behind(ready))).toBeLessThan(60_000);
});

test("the time server answers this machine and the hosts, and sets no clock", async () => {
  const { stratum, timeMs } = await askTime(timeServer);
  expect(stratum).toBe(1);
  expect(Math.abs(timeMs - Date.now())).toBeLessThan(2_000);
  const asked = await ready.output(`chronyd -Q -t 30 'server ${timeServer} iburst' 2>&1`);
  expect(asked).toMatch(/System clock wrong by -?\d+\.\d+ seconds/);
});

test("a host reaches the other hosts and this machine, and nothing else", async () => {
  expect(await ready.run(`ping -c 1 -W 5 ${bare.address}`)).toMatchObject({ exitCode: 0 });
  expect(await ready.run(`ping -c 1 -W 5 ${network.outside}`)).toMatchObject({ exitCode: 0 });
  expect(await ready.run("ping -c 1 -W 5 198.51.100.1")).toMatchObject({
    stdout: expect.stringMatching(/Net Unreachable|100% packet loss/),
  });
});

test("a bare machine can be given packages, though it has no internet", async () => {
  const proxy = await PackageProxy.start(network.outside);
  try {
    await proxy.serve(bare);
    await bare.output("apt-get update -qq && apt-get install -y -qq --no-install-recommends chrony");
  } finally {
    await proxy.stop();
  }
  expect(await bare.output("systemctl is-active chrony")).toBe("active");
});

test("a firewall holds, and holds again after a power cut that loses nothing else that was written", async () => {
  await ready.output("echo kept > /root/note && sync");
  await enableFirewall(ready);
  const swarmPort = () => {
    const attempt = createConnection({ host: ready.address, port: 2377 });
    return once(attempt, "connect", { signal: AbortSignal.timeout(3_000) }).finally(() => attempt.destroy());
  };
  await ready.output("docker swarm init --advertise-addr eth0");
  await expect(swarmPort()).rejects.toThrow(/abort/);

  await ready.powerOff();
  const boot = await ready.start();
  report("one after a power cut", [boot]);
  expect(await ready.output("cat /root/note")).toBe("kept");
  expect(await ready.output("nft list chain inet filter input")).toContain("policy drop");
  await expect(swarmPort()).rejects.toThrow(/abort/);
  expect(await ready.output("docker info --format '{{.Swarm.LocalNodeState}}'")).toBe("active");
  await ready.output("nft flush ruleset");
  await swarmPort();
});

test("a machine that takes another's place has its name and address and nothing else of it", async () => {
  const before = ready.connection;
  await ready.replace();
  report("a replacement", [await ready.start()]);
  expect(ready.connection.host).toBe(before.host);
  await expect(shell(ready, before).run(["true"])).rejects.toThrow(/not the pinned/);
  expect(await ready.output("hostname; ls /root; docker info --format '{{.Swarm.LocalNodeState}}'")).toBe(
    "ready\ninactive",
  );
});

test("nothing is left behind", async () => {
  const there = await traces(network.name);
  expect(there).toMatchObject({ namespaces: [network.name], interfaces: [expect.any(String)] });
  expect(there.processes).toHaveLength(3);
  expect(childrenOf(process.pid, "chronyd")).toHaveLength(1);

  await network.remove();
  expect(await traces(network.name)).toEqual({ namespaces: [], interfaces: [], folders: [], processes: [] });
  expect(childrenOf(process.pid, "chronyd")).toEqual([]);
});
