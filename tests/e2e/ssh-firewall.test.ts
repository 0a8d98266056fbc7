import { waitFor } from "../../foundation/wait";
import { testInAll } from "./harness/cases";
import { docker, tryDocker } from "./harness/docker";
import {
  counted,
  send,
  startCounting,
  stopCounting,
  toSwarmPorts,
  type Packet,
} from "./harness/forged-packets";
import { expectSuccess } from "./harness/run";
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
const ALL_NODES = ["manager-1", "app-1", "app-2", "app-3"];
const SWARM_PORTS = [2377, 7946];

let cluster: SshCluster;
let stranger: string;
const before: Record<string, string> = {};
/** How to read each host's own rules. */
const shown = { ...SHOWN };

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

const updated = (names: string[]) => Object.fromEntries(names.map((name) => [`SwarmHost ${name}`, "update"]));

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

/** As a container is to the network: on the engine's bridge of host-1, which hides it behind the machine's address. */
const BOX = [
  "ip netns add box && ip link add to-box type veth peer name eth0 netns box",
  "ip link set to-box master docker0 up && ip -n box link set lo up && ip -n box link set eth0 up",
  "ip -n box address add 172.17.0.99/16 dev eth0 && ip -n box route add default via 172.17.0.1",
  // The networks of the tests' machine have no IPv6, so it is made here.
  "sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.docker0.disable_ipv6=0 net.ipv6.conf.all.forwarding=1",
  "ip netns exec box sysctl -qw net.ipv6.conf.all.disable_ipv6=0 && ip -6 address add fd00:17::1/64 dev docker0 nodad",
  "ip -n box -6 address add fd00:17::99/64 dev eth0 nodad && ip -n box -6 route add default via fd00:17::1",
];
const BOX_ADDRESS = "172.17.0.99";
const IN_BOX = "ip netns exec box";
const onHost1 = (script: string) => sh("host-1", script);
const onHost2 = (script: string) => sh("host-2", script);
const box = { shell: onHost1, inside: IN_BOX };

/** From the box to the ports of its own node and of another one, as itself, its node, the other one and a third. */
function fromBox(gossipPort?: number): Packet[] {
  const [own, other, third] = ALL.map((host) => cluster.hosts.host(host).address);
  return [
    ...toSwarmPorts([BOX_ADDRESS, own, other, third], [own, other], gossipPort),
    ...toSwarmPorts(["fd00:17::99", "fd00:21::1", "fd00:21::2"], ["fd00:21::1", "fd00:21::2"]),
  ];
}

/** What of these packets its machine saw, what came through, there and to the other machine. */
async function passed(packets: Packet[]) {
  await Promise.all([startCounting(onHost1), startCounting(onHost2)]);
  const sent = await send(box, packets);
  const [own, other] = await Promise.all([counted(onHost1), counted(onHost2)]);
  return { sent: sent - own.came, in: own.in, left: own.left, toOther: other.came };
}

/** As the last release left a machine. */
function asBefore(host: string): Promise<string> {
  return sh(
    host,
    "sed -i '/^CONTAINERS=/d; /^METADATA=/d' /etc/pulumi-swarm/firewall.conf && " +
      "nft 'flush chain inet pulumi_swarm swarm; flush chain inet pulumi_swarm forward; " +
      "add rule inet pulumi_swarm swarm ip saddr @nodes accept; add rule inet pulumi_swarm swarm drop'",
  );
}

/** The state as the last release wrote it. */
async function forgetSetup(): Promise<void> {
  const { workspace } = cluster;
  const state = expectSuccess(await workspace.pulumi(["stack", "export", "--stack", workspace.stack])).stdout;
  const before = JSON.stringify(
    JSON.parse(state, (key, value: unknown) => (key === "setup" ? undefined : value)),
  );
  expectSuccess(await workspace.pulumi(["stack", "import", "--stack", workspace.stack], before));
}

test("hosts of the last release: the next up closes the ports to containers too, and no engine is restarted", async () => {
  await onHost1(BOX.join(" && "));
  for (const [index, host] of ALL.entries())
    await sh(
      host,
      "sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.eth0.disable_ipv6=0 && " +
        `ip -6 address add fd00:21::${index + 1}/64 dev eth0 nodad`,
    );
  await Promise.all(ALL.map(asBefore));
  await forgetSetup();
  const open = await passed(fromBox());
  expect(open).toMatchObject({ sent: 0 });
  expect(Math.min(open.in, open.left, open.toOther)).toBeGreaterThan(10);

  const { stdout } = await cluster.workspace.tryPreview();
  expect(stdout).toMatch(
    /to do: close the ports of the swarm to containers, and to packets that bear a node's address and come another way; keep containers from the cloud's metadata service/,
  );
  const engines = () => Promise.all(ALL.map((host) => sh(host, "cat /run/docker-service.pid")));
  const running = await engines();
  expect((await cluster.workspace.up()).changes).toEqual(updated(ALL_NODES));
  expect(await engines()).toEqual(running);
  expect((await cluster.workspace.up()).changes).toEqual({});

  for (const gossipPort of [40_000, 7946])
    expect(await passed(fromBox(gossipPort))).toEqual({ sent: 0, in: 0, left: 0, toOther: 0 });
});

test("what a node itself sends comes in by its own route, and nothing that says it was", async () => {
  const own = cluster.hosts.host("host-1").address;
  // One that nothing was sent to while it was open: host-1 still takes ESP of host-2 for answers to its box.
  const onHost4 = (script: string) => sh("host-4", script);
  const other = cluster.hosts.host("host-4").address;
  await startCounting(onHost1);
  const sent = await send({ shell: onHost4 }, toSwarmPorts([other], [own], 7946));
  expect(await counted(onHost1)).toMatchObject({ came: sent, in: sent });
  // By a way that does not lead there: a machine that has two may not be fooled by the other one's neighbours.
  await onHost1(
    "ip route add 198.51.100.7/32 dev docker0 && nft add element inet pulumi_swarm nodes { 198.51.100.7 }",
  );
  await startCounting(onHost1);
  await send({ shell: onHost4 }, toSwarmPorts(["198.51.100.7"], [own]));
  expect(await counted(onHost1)).toMatchObject({ came: sent, in: 0 });
  await onHost1(
    "ip route delete 198.51.100.7/32 dev docker0 && nft delete element inet pulumi_swarm nodes { 198.51.100.7 }",
  );
});

test("ports of those numbers that are containers' own stay open: on a network of theirs, published, and as a client's", async () => {
  const own = cluster.hosts.host("host-1").address;
  // A second one on the same bridge.
  await onHost1(
    "ip netns add peer && ip link add to-peer type veth peer name eth0 netns peer && ip link set to-peer master docker0 up && " +
      "ip -n peer link set eth0 up && ip -n peer address add 172.17.0.98/16 dev eth0 && ip -n peer route add default via 172.17.0.1",
  );
  await startCounting(onHost1, "ip netns exec peer");
  const among = await send(box, toSwarmPorts([BOX_ADDRESS], ["172.17.0.98"]));
  expect(await counted(onHost1, "ip netns exec peer")).toMatchObject({ came: among });

  // As the engine publishes port 7946 of a container as 8946; the client's own port is 7946, and so that of the answer.
  const published = "PREROUTING -t nat -p udp --dport 8946 -j DNAT --to-destination 172.17.0.99:7946";
  await onHost1(`iptables -A ${published} && iptables -I DOCKER-USER -d 172.17.0.99 -j ACCEPT`);
  await Promise.all([startCounting(onHost1, IN_BOX), startCounting(onHost1)]);
  const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
  const client = await docker("inspect", "--format", format, stranger);
  const asked = { from: client, to: own, protocol: "udp", port: 8946, sourcePort: 7946 } as const;
  const answer = { from: BOX_ADDRESS, to: client, protocol: "udp", port: 7946, sourcePort: 7946 } as const;
  await send({ shell: onHost2 }, [asked]);
  await send(box, [answer]);
  expect(await counted(onHost1, IN_BOX)).toMatchObject({ came: 2 });
  // Through it to the box, and back out.
  expect(await counted(onHost1)).toMatchObject({ left: 4 });
  await onHost1(`iptables -D ${published} && iptables -D DOCKER-USER -d 172.17.0.99 -j ACCEPT`);
});

testInAll(
  "the cloud's metadata service: kept from containers but for names, and open where the program says so",
  async () => {
    const packets = (to: string, from: string): Packet[] =>
      [80, 53].map((port) => ({ from, to, protocol: "udp", port }));
    const both = [...packets("169.254.169.254", BOX_ADDRESS), ...packets("fd00:ec2::254", "fd00:17::99")];
    await onHost1("ip -6 route add default via fd00:21::2");
    expect(await passed(both)).toMatchObject({ sent: 0, left: 4 });
    cluster.configure({}, { firewall: { blockMetadata: false } });
    const { stdout } = await cluster.workspace.tryPreview();
    expect(stdout).toContain("to do: let containers reach the cloud's metadata service");
    await cluster.workspace.up();
    expect(await passed(both)).toMatchObject({ sent: 0, left: 8 });
    cluster.configure({});
    await cluster.workspace.up();
    expect(await passed(both)).toMatchObject({ sent: 0, left: 4 });
    await Promise.all([stopCounting(onHost1), stopCounting(onHost2)]);
  },
);

testInAll("rules that were removed by hand: a refresh shows it, an up puts exactly them back", async () => {
  const rules = ["nft list table inet pulumi_swarm", ...Object.values(SHOWN)].join("; ");
  const applied = await Promise.all(ALL.map((host) => sh(host, `(${rules}) 2>/dev/null; true`)));
  await sh("host-1", "nft delete element inet pulumi_swarm nodes { $(hostname -i) }");
  await sh(
    "host-2",
    "nft flush chain inet filter input; nft add rule inet filter input ct state established,related accept; nft add rule inet filter input iifname lo accept; nft add rule inet filter input tcp dport 22 accept",
  );
  await sh("host-3", `ufw delete allow from ${cluster.hosts.host("host-1").address} proto esp`);
  await sh("host-4", "iptables -D INPUT -j PULUMI-SWARM");
  const all = updated(ALL_NODES);
  expect((await cluster.workspace.refresh()).changes).toEqual(all);
  expect((await cluster.workspace.up()).changes).toEqual(all);
  // A rule of ufw comes back in front; what is where among ours is no matter.
  const sorted = (texts: string[]) => texts.map((text) => text.split("\n").sort());
  const again = await Promise.all(ALL.map((host) => sh(host, `(${rules}) 2>/dev/null; true`)));
  expect(sorted(again)).toEqual(sorted(applied));
  expect((await cluster.workspace.refresh()).changes).toEqual({});
});

testInAll("a node less: its own rules are gone, and the others are closed to it", async () => {
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

testInAll("a node more, with firewalld: the old nodes let it in", async () => {
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
  shown["host-4"] = "firewall-cmd --list-all-policies; firewall-cmd --list-all";
  before["host-4"] = await sh("host-4", shown["host-4"]);
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
  for (const [host, show] of Object.entries(shown)) expect(await sh(host, show)).toBe(before[host]);
  for (const host of ALL) expect(await sh(host, "nft list tables")).not.toContain("pulumi");
});
