import { waitFor } from "../../engine/wait";
import { docker, tryDocker } from "./harness/docker";
import { SshCluster } from "./harness/ssh-cluster";

jest.setTimeout(600_000);

/** host-1 is the manager; which firewall each of them has, made by its own tool. */
const FIREWALLS: Record<string, string> = {
  "host-1": "true",
  "host-2": [
    "nft add table inet filter",
    "nft add chain inet filter input '{ type filter hook input priority filter; policy drop; }'",
    "nft add rule inet filter input ct state established,related accept",
    "nft add rule inet filter input iifname lo accept",
    "nft add rule inet filter input tcp dport 22 accept",
  ].join(" && "),
  "host-3": "ufw allow 22/tcp && ufw deny 7946/tcp && ufw --force enable",
  "host-4": [
    "iptables -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
    "iptables -A INPUT -i lo -j ACCEPT",
    "iptables -A INPUT -p tcp --dport 22 -j ACCEPT",
    "iptables -P INPUT DROP",
  ].join(" && "),
};
/** What each tool shows of what it was told. The engine's own rules are elsewhere. */
const SHOWN: Record<string, string> = {
  "host-2": "nft list table inet filter",
  "host-3": "ufw show added; ufw status; cat /etc/ufw/user.rules",
  "host-4": "iptables -S INPUT",
};
const ALL = Object.keys(FIREWALLS);
const SWARM_PORTS = [2377, 7946];

let cluster: SshCluster;
let stranger: string;
const before: Record<string, string> = {};

const sh = (host: string, script: string) => cluster.hosts.sh(host, script);

beforeAll(async () => {
  cluster = await SshCluster.create("firewalls", { workers: 3 });
  stranger = await cluster.hosts.stranger();
  for (const host of ALL) await sh(host, FIREWALLS[host]);
  for (const [host, show] of Object.entries(SHOWN)) before[host] = await sh(host, show);
});
afterAll(() => cluster?.remove());

/** Whether somebody listens there and lets this container in. */
async function reaches(container: string, host: string, port: number): Promise<boolean> {
  const { address } = cluster.hosts.host(host);
  const connect = `exec 3<>/dev/tcp/${address}/${port}`;
  return (await tryDocker("exec", container, "timeout", "2", "bash", "-c", connect)).code === 0;
}

/** The ports of the swarm that a container reaches, as "host-1:2377". */
async function reachedFrom(container: string, hosts: string[]): Promise<string[]> {
  const pairs = hosts.flatMap((host) => SWARM_PORTS.map((port) => ({ host, port })));
  const reached = await Promise.all(pairs.map(({ host, port }) => reaches(container, host, port)));
  return pairs.filter((_, index) => reached[index]).map(({ host, port }) => `${host}:${port}`);
}

/** All listen on 7946; on 2377 the manager alone. */
const open = (hosts: string[]) =>
  hosts.flatMap((host) => (host === "host-1" ? [`${host}:2377`, `${host}:7946`] : [`${host}:7946`]));

const containerOf = (host: string) => cluster.hosts.host(host).container;

async function nodes(): Promise<string> {
  return sh("host-1", "docker node ls --format '{{.Hostname}} {{.Status}}' | sort");
}
const ready = (hosts: string[]) => hosts.map((host) => `${host} Ready`).join("\n");

test("whatever firewall is in force, the nodes reach each other and a stranger reaches none", async () => {
  await cluster.workspace.up();
  expect(await nodes()).toBe(ready(ALL));
  for (const host of ALL) {
    const others = ALL.filter((other) => other !== host);
    expect(await reachedFrom(containerOf(host), others)).toEqual(open(others));
  }
  expect(await reachedFrom(stranger, ALL)).toEqual([]);
  // SSH stays as it was.
  for (const host of ALL) expect(await reaches(stranger, host, 22)).toBe(true);
  expect((await cluster.workspace.up()).changes).toEqual({});
});

test("rules that were removed by hand: a refresh shows it, an up puts exactly them back", async () => {
  const rules = ["nft list table inet pulumi_swarm", ...Object.values(SHOWN)].join("; ");
  const applied = await Promise.all(ALL.map((host) => sh(host, `(${rules}) 2>/dev/null; true`)));
  await sh("host-1", "nft delete element inet pulumi_swarm nodes { $(hostname -i) }");
  await sh(
    "host-2",
    "nft flush chain inet filter input; nft add rule inet filter input ct state established,related accept; nft add rule inet filter input iifname lo accept; nft add rule inet filter input tcp dport 22 accept",
  );
  await sh("host-3", `ufw delete allow from ${cluster.hosts.host("host-1").address} proto esp`);
  await sh("host-4", "iptables -D INPUT -j PULUMI-SWARM");
  const all = Object.fromEntries(
    ["manager-1", "app-1", "app-2", "app-3"].map((name) => [`SwarmHost ${name}`, "update"]),
  );
  expect((await cluster.workspace.refresh()).changes).toEqual(all);
  expect((await cluster.workspace.up()).changes).toEqual(all);
  // A rule of ufw comes back in front; what is where among ours is no matter.
  const sorted = (texts: string[]) => texts.map((text) => text.split("\n").sort());
  const again = await Promise.all(ALL.map((host) => sh(host, `(${rules}) 2>/dev/null; true`)));
  expect(sorted(again)).toEqual(sorted(applied));
  expect((await cluster.workspace.refresh()).changes).toEqual({});
});

test("a node less: its own rules are gone, and the others are closed to it", async () => {
  cluster.configure({ workers: 2 });
  await cluster.workspace.up();
  const rest = ["host-1", "host-2", "host-3"];
  expect(await nodes()).toBe(ready(rest));
  expect(await reachedFrom(containerOf("host-4"), rest)).toEqual([]);
  expect(await sh("host-4", SHOWN["host-4"])).toBe(before["host-4"]);
  expect(await sh("host-4", "nft list tables; ls /etc/pulumi-swarm 2>&1; true")).not.toMatch(
    /pulumi_swarm|firewall/,
  );
  expect((await cluster.workspace.refresh()).changes).toEqual({});
});

test("a node more, with firewalld: the old nodes let it in", async () => {
  await sh("host-4", "iptables -P INPUT ACCEPT && iptables -F INPUT");
  await sh("host-4", "mkdir -p /run/dbus && dbus-uuidgen --ensure && dbus-daemon --system --fork");
  await docker("exec", "--detach", containerOf("host-4"), "firewalld", "--nofork");
  await waitFor<void>(
    { name: "firewalld runs", on: "host-4", intervalMs: 250, timeoutMs: 30_000 },
    async () => {
      const state = await sh("host-4", "firewall-cmd --state 2>&1; true");
      return state === "running" ? { done: undefined } : { pending: state };
    },
  );
  before["host-4"] = await sh("host-4", "firewall-cmd --list-all-policies; firewall-cmd --list-all");
  cluster.configure({ workers: 3 });
  await cluster.workspace.up();
  expect(await nodes()).toBe(ready(ALL));
  expect(await reachedFrom(containerOf("host-4"), ["host-1", "host-2", "host-3"])).toEqual(
    open(["host-1", "host-2", "host-3"]),
  );
  expect(await reachedFrom(containerOf("host-1"), ["host-4"])).toEqual(open(["host-4"]));
  expect(await reachedFrom(stranger, ALL)).toEqual([]);
  expect((await cluster.workspace.refresh()).changes).toEqual({});
});

test("after a destroy every firewall is as it was", async () => {
  await cluster.workspace.destroy();
  const shown = { ...SHOWN, "host-4": "firewall-cmd --list-all-policies; firewall-cmd --list-all" };
  for (const [host, show] of Object.entries(shown)) expect(await sh(host, show)).toBe(before[host]);
  for (const host of ALL) expect(await sh(host, "nft list tables")).not.toContain("pulumi");
});
