import { createSocket } from "node:dgram";
import { waitFor } from "../../../foundation/wait";
import type { TestSwarm } from "../../../testing/testing";
import { tryDocker } from "../harness/docker";
import { fixture, inside, onNode, serviceOf, stackSwarm, tasksOf } from "./stack-swarm";

jest.setTimeout(300_000);

let swarm: TestSwarm;

beforeAll(async () => {
  swarm = await stackSwarm();
  await swarm.deploy(fixture("networks.yml"), { name: "net" });
});
afterAll(() => swarm?.stop());

interface SeenNetwork {
  Id: string;
  Driver: string;
  Internal: boolean;
  Attachable: boolean;
  Options: Record<string, string>;
  Labels: Record<string, string>;
  IPAM: { Config: { Subnet: string }[] };
}
const network = async (name: string) =>
  (JSON.parse(await swarm.docker("network", "inspect", name)) as SeenNetwork[])[0];

/** The addresses of a service's tasks in a network. */
async function addressesOf(service: string, networkName: string): Promise<string[]> {
  const { Id } = await network(networkName);
  const attachments = (await tasksOf(swarm, service)).flatMap((task) => task.NetworksAttachments ?? []);
  return attachments
    .filter((attachment) => attachment.Network.ID === Id)
    .flatMap(({ Addresses }) => (Addresses ?? []).map((address) => address.split("/")[0]))
    .sort();
}

/** What a name is resolved to, from inside of a task. A node hears of the others' tasks by gossip. */
function untilResolved(from: string, name: string, wanted: string[]): Promise<void> {
  return waitFor(
    { name: `${name} is ${wanted.join(", ")}`, on: from, intervalMs: 200, timeoutMs: 20_000 },
    async () => {
      const answer = await inside(swarm, from, `nslookup -type=a ${name} | sed -n 's/^Address: //p'`);
      const addresses = answer
        .split("\n")
        .filter((line) => line !== "127.0.0.11:53")
        .sort();
      return addresses.join() === wanted.join() ? { done: undefined } : { pending: answer };
    },
  );
}

test("dnsrr: the name, the aliases of each network and tasks.NAME are the addresses of the tasks", async () => {
  const front = await addressesOf("net_many", "net_front");
  expect(front).toHaveLength(3);
  for (const name of ["many", "www", "shop.example", "tasks.many"])
    await untilResolved("net_one", name, front);
  await untilResolved("net_direct", "many", await addressesOf("net_many", "backstage"));
  expect((await serviceOf(swarm, "net_many")).Spec.EndpointSpec).toMatchObject({ Mode: "dnsrr" });
  for (const address of front)
    expect(await inside(swarm, "net_one", `wget -qO- -T 5 http://${address}/`)).toBe("hello");
});

test("vip: the name is one address, which the service has in each of its networks (no traffic here: that needs ip_vs)", async () => {
  const { Spec, Endpoint } = await serviceOf(swarm, "net_one");
  expect(Spec.EndpointSpec).toMatchObject({ Mode: "vip" });
  const { Id } = await network("net_front");
  const vip = Endpoint?.VirtualIPs?.find(({ NetworkID }) => NetworkID === Id)?.Addr?.split("/")[0] ?? "none";
  expect(vip).toMatch(/^10\.77\.1\./);
  await untilResolved("net_many", "one", [vip]);
  await untilResolved("net_many", "tasks.one", await addressesOf("net_one", "net_front"));
});

test("ingress: tcp and udp are published on one number, on all nodes (seen in the spec: the mesh needs ip_vs)", async () => {
  const { Endpoint } = await serviceOf(swarm, "net_one");
  expect(Endpoint?.Ports).toEqual([
    { Protocol: "tcp", TargetPort: 80, PublishedPort: 8081, PublishMode: "ingress" },
    { Protocol: "udp", TargetPort: 53, PublishedPort: 8081, PublishMode: "ingress" },
  ]);
  expect((await swarm.urls("net_one")).length).toBe(3);
});

test("host ports: tcp and udp on one number reach the task, on its own node alone", async () => {
  const [url] = await swarm.urls("net_direct");
  expect(url).toBe(`http://${swarm.nodes.find(({ name }) => name === "worker-1")?.address}:8082`);
  expect(await (await fetch(url)).text()).toBe("hello\n");
  const other = swarm.nodes.find(({ name }) => name === "worker-2");
  await expect(fetch(`http://${other?.address}:8082`)).rejects.toThrow();
  const socket = createSocket("udp4");
  try {
    // Nothing listens in the task, whose kernel counts what has come for nobody.
    const counted = () => inside(swarm, "net_direct", "awk '/^Udp: [0-9]/ { print $3 }' /proc/net/snmp");
    expect(await counted()).toBe("0");
    await waitFor({ name: "a datagram arrives", intervalMs: 200, timeoutMs: 20_000 }, async () => {
      socket.send("hello", 8082, new URL(url).hostname);
      const count = await counted();
      return count === "0" ? { pending: count } : { done: undefined };
    });
  } finally {
    socket.close();
  }
});

test("a network has its subnet, MTU, labels and name", async () => {
  const front = await network("net_front");
  expect(front.IPAM.Config).toMatchObject([{ Subnet: "10.77.1.0/24" }]);
  expect(front.Labels).toMatchObject({ side: "front", "com.docker.stack.namespace": "net" });
  expect(await network("backstage")).toMatchObject({ Driver: "overlay", Attachable: false });
  const mtu = "ip -o address | awk '/ 10\\.77\\.1\\./ { print $2 }' | xargs -I % cat /sys/class/net/%/mtu";
  // 50 bytes are VXLAN's.
  expect(await inside(swarm, "net_many", mtu)).toBe("1350");
});

test("a container that is no task enters an attachable network, and no other one", async () => {
  const asking = (net: string) =>
    swarm.docker(
      "run",
      "--rm",
      "--network",
      net,
      "pulumi-swarm-test-app:1",
      "wget",
      "-qO-",
      "-T",
      "5",
      "http://many/",
    );
  expect(await asking("net_front")).toBe("hello\n");
  await expect(asking("backstage")).rejects.toThrow(/not manually attachable/);
});

test("in an internal network tasks reach each other, and there is no way out of it", async () => {
  expect(await network("net_closed")).toMatchObject({ Internal: true });
  await untilResolved("net_shut-in", "shut-in", await addressesOf("net_shut-in", "net_closed"));
  for (const address of await addressesOf("net_shut-in", "net_closed"))
    expect(await inside(swarm, "net_shut-in", `wget -qO- -T 5 http://${address}/`)).toBe("hello");
  expect(await inside(swarm, "net_shut-in", "ip route")).not.toMatch(/^default/m);
  expect(await inside(swarm, "net_direct", "ip route")).toMatch(/^default via /m);
});

test("an encrypted network: both nodes seal what they send each other, and nothing goes out in clear text", async () => {
  expect((await network("net_sealed")).Options).toHaveProperty("encrypted");
  const workers = swarm.nodes.filter(({ role }) => role === "worker");
  for (const [index, { name, address }] of workers.entries()) {
    const peer = workers[1 - index].address;
    await waitFor({ name: "it has a policy", on: name, intervalMs: 200, timeoutMs: 20_000 }, async () => {
      const policies = await onNode(swarm, name, "ip", "xfrm", "policy");
      const ours = `src ${address}/32 dst ${peer}/32 proto udp dport 4789`;
      return new RegExp(`${ours}[^]*?proto esp spi \\S+ reqid \\d+ mode transport`).test(policies)
        ? { done: undefined }
        : { pending: policies };
    });
  }
  const [there] = (await tasksOf(swarm, "net_sealed")).filter(({ node }) => node === "worker-2");
  const address = there.NetworksAttachments?.[0].Addresses?.[0].split("/")[0] ?? "none";
  const { exitCode } = await swarm.exec("net_sealed", ["wget", "-qO-", "-T", "2", `http://${address}/`], {
    node: "worker-1",
  });
  // A kernel without ESP has the policies and no states: then all is held back.
  const [{ name }] = workers;
  const states = await onNode(swarm, name, "ip", "xfrm", "state");
  const esp = [
    "ip",
    "xfrm",
    "state",
    "add",
    "src",
    "192.0.2.1",
    "dst",
    "192.0.2.2",
    "proto",
    "esp",
    "spi",
    "1",
  ];
  const { code } = await tryDocker(
    "exec",
    `${swarm.name}-${name}`,
    ...esp,
    "mode",
    "transport",
    "enc",
    "cipher_null",
    "",
  );
  const canSeal = code === 0;
  expect({ reached: exitCode === 0, states: /proto esp/.test(states) }).toEqual({
    reached: canSeal,
    states: canSeal,
  });
});

test("an external network is the node's own", async () => {
  const node = swarm.nodes.find(({ name }) => name === "worker-2");
  expect(await inside(swarm, "net_outside", "ip -o -4 address show eth0")).toContain(` ${node?.address}/`);
});
