import { keysOf } from "../../swarm/network-truth/gossip-table";
import { readAnswer } from "../../swarm/network-truth/node-answer";
import { nodeScript } from "../../swarm/network-truth/node-script";
import { questionsFor } from "../../swarm/network-truth/questions";
import { RECORDS, SHOP } from "./fixtures/network-look";

const PRINTED = `== lacks iptables
== addresses
1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
2: eth0    inet 172.18.0.18/16 brd 172.18.255.255 scope global eth0\\       valid_lft forever
== device eth0 1500
== device wg0 1420
== path 172.18.0.16 172.18.0.16 dev eth0 src 172.18.0.18 uid 0 \\    cache
== path 10.8.0.4 10.8.0.4 dev wg0 src 10.8.0.2 uid 0 \\    cache expires 590sec mtu 1400
== path 10.9.0.4
== entries net1 /var/run/docker/netns/1-net1
3: vxlan0@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue master br0 state UNKNOWN mode DEFAULT
-- neighbours
10.0.1.2 dev vxlan0 lladdr 02:42:0a:00:01:02 PERMANENT
-- forwarding
33:33:00:00:00:01 dev br0 self permanent
02:d1:3e:74:14:c6 dev veth0 master br0 permanent
02:42:0a:00:01:02 dev vxlan0 master br0
02:42:0a:00:01:02 dev vxlan0 dst 172.18.0.17 link-netnsid 0 self permanent
== entries net2 /var/run/docker/netns/2-net2
-- neighbours
-- forwarding
== balancer net1
IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
FWM  00000100 rr
  -> 0A000105:0000      Masq    1      0          0
  -> 0A000106:0000      Masq    0      0          0
FWM  00000101 rr
-- marks
-P PREROUTING ACCEPT
-A INPUT -d 10.0.1.9/32 -j MARK --set-xmark 0x100/0xffffffff
== balancer net2
none
-- marks
== names net1
10.0.1.5        STREAM tasks.web
10.0.1.5        DGRAM
10.0.1.5        RAW
10.0.1.6        STREAM
10.0.1.6        DGRAM
10.0.1.9        STREAM web
-- end 2
== names net2
-- end 124
`;

test("reads everything that a node printed", () => {
  expect(readAnswer(PRINTED)).toEqual({
    lacks: ["iptables"],
    addresses: ["127.0.0.1", "172.18.0.18"],
    // A path that is known to carry less than its device; one to nowhere is none.
    paths: [
      { to: "172.18.0.16", device: "eth0", mtu: 1500 },
      { to: "10.8.0.4", device: "wg0", mtu: 1400 },
    ],
    entries: {
      net1: {
        namespace: "/var/run/docker/netns/1-net1",
        device: "vxlan0",
        neighbours: [{ ip: "10.0.1.2", mac: "02:42:0a:00:01:02" }],
        forwarding: [{ mac: "02:42:0a:00:01:02", to: "172.18.0.17" }],
      },
    },
    balancers: {
      net1: {
        isThere: true,
        marks: { "10.0.1.9": "256" },
        destinations: {
          256: [
            { ip: "10.0.1.5", weight: 1 },
            { ip: "10.0.1.6", weight: 0 },
          ],
          257: [],
        },
      },
      net2: { isThere: false, marks: {}, destinations: {} },
    },
    // Names that nobody answered in time are not looked at.
    names: { net1: { "tasks.web": ["10.0.1.5", "10.0.1.6"], web: ["10.0.1.9"] } },
  });
});

test("a node that printed nothing is no error", () => {
  expect(readAnswer("")).toEqual({
    lacks: [],
    addresses: [],
    paths: [],
    entries: {},
    names: {},
    balancers: {},
  });
});

test("a node is asked for the networks of its tasks and for ingress, names by the task in the fewest networks", () => {
  const records = structuredClone(RECORDS);
  records.tasks[1].addresses.other = "10.20.9.4";
  const { networks, peers } = questionsFor(records.nodes[1], records);
  expect(networks).toEqual([
    {
      id: SHOP.id,
      isIngress: false,
      asker: { name: "db.1", pid: 23, names: ["web", "tasks.web", "db", "tasks.db"] },
    },
    expect.objectContaining({ isIngress: true }),
  ]);
  expect(networks[1].asker).toBeUndefined();
  expect(peers).toEqual(["172.30.0.2"]);
});

test("names travel quoted, and absolute", () => {
  const asker = { name: "a.1", pid: 7, names: ["it's; reboot"] };
  const text = nodeScript({ networks: [{ id: "net1", isIngress: false, asker }], peers: [] });
  expect(text).toContain(`names 'net1' '7' 'it'\\''s; reboot.'`);
});

test("the key of a ghost is that of its service and its whole address, and no other one's", () => {
  const record = (service: string, address: string) =>
    Buffer.from(
      `\x0a\x05x.1.t\x12${String.fromCharCode(service.length)}${service}*${String.fromCharCode(address.length)}${address}:\x03web`,
    );
  const entries = [
    ["k1", record("web", "10.0.1.9")],
    ["k2", record("web", "10.0.1.99")],
    ["k3", record("db", "10.0.1.9")],
  ].map(([key, value]) => ({ key, value: (value as Buffer).toString("base64") }));
  const answer = JSON.stringify({ message: "OK", details: { entries } });
  expect(keysOf(answer, "web", "10.0.1.9")).toEqual(["k1"]);
  expect(keysOf('{"message":"OK","details":{"size":0}}', "web", "10.0.1.9")).toEqual([]);
});
