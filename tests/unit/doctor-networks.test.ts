import { diagnose } from "../../cli/doctor/diagnose";
import { claims } from "./fixtures/doctor-claims";
import {
  machine,
  node,
  overlay,
  service,
  SOUND,
  SWARM,
  withMachines,
  withNetwork,
  withSwarm,
} from "./fixtures/doctor-facts";
import { changed, SHOP, shopOn } from "./fixtures/network-look";

const entries = (look: Parameters<typeof shopOn>[0]) => shopOn(look, "app-1").entries;

claims("overlay entries", [
  [
    "one is missing, and one is left: what costs comes first",
    withNetwork(
      changed((look) => {
        entries(look).forwarding.push({ mac: "02:42:0a:14:01:63", to: "172.30.0.2" });
        entries(look).forwarding.shift();
      }),
    ),
    /^fail: shop on app-1: .*10\.20\.1\.3 .* is missing\nshop on app-1: .* is left, .* → npm run swarm -- doctor --repair-network, or by hand: on app-1: nsenter /,
  ],
  [
    "only what is left",
    withNetwork(
      changed((look) => void entries(look).forwarding.push({ mac: "02:42:0a:14:01:63", to: "172.30.0.2" })),
    ),
    /^warn: shop on app-1: .* is left/,
  ],
  [
    "many: some are shown, the rest is counted",
    withNetwork(
      changed((look) => {
        for (let last = 100; last < 120; last++) {
          entries(look).neighbours.push({ ip: `10.20.1.${last}`, mac: "02:42:0a:14:01:63" });
        }
      }),
    ),
    /^warn: (.*\n){8}12 more → .*; 17 more$/,
  ],
  ["nothing is wrong", SOUND, /^pass: 2 tables lead where the managers say/],
]);

claims("service discovery", [
  [
    "an address of a task long gone",
    withNetwork(changed((look) => void shopOn(look, "app-1").answers.byName["tasks.db"].push("10.20.1.77"))),
    /^fail: shop on app-1: the name tasks\.db leads to 10\.20\.1\.77, .* → .*--repair-network/,
  ],
]);

claims("virtual addresses", [
  [
    "a kernel without IPVS: nothing here can bring it",
    withNetwork(
      changed((look) => {
        look.nodes[1].networks[SHOP.id].balancer = { isThere: false, marks: {}, destinations: {} };
      }),
    ),
    /^fail: shop on app-1: the kernel has no IPVS.* → Load it there: modprobe ip_vs\./,
  ],
]);

claims("networks looked at", [
  [
    "a node lacks programs",
    withNetwork(
      changed((look) => {
        look.nodes[1].lacks = ["bridge"];
        delete look.nodes[1].networks[SHOP.id].entries;
      }),
    ),
    /^warn: not looked at: app-1: entries of shop \(it lacks bridge\) → Install iproute2/,
  ],
]);

claims("overlay MTU", [
  [
    "a tunnel between the nodes",
    withNetwork(
      changed((look) => void (look.nodes[1].paths = [{ to: "172.30.0.2", device: "wg0", mtu: 1420 }])),
    ),
    /^warn: app-1 reaches 172\.30\.0\.2 through wg0 with 1420 bytes, .*: shop \(1500\), ingress \(1500\); .* → .*driver\.mtu: "1420"/,
  ],
  [
    "networks that are made for it",
    withNetwork(
      changed((look) => {
        look.nodes[1].paths = [{ to: "172.30.0.2", device: "wg0", mtu: 1420 }];
        for (const network of look.records.networks) network.pathMtu = 1400;
      }),
    ),
    /^pass: the paths between nodes carry 1420 bytes/,
  ],
]);

const tasks = (number: number) =>
  Array.from({ length: number }, (_, index) => ({
    ID: `t${index}`,
    Version: { Index: 1 },
    CreatedAt: "",
    ServiceID: "id-web",
    NodeID: "id-app-1",
    DesiredState: "running",
    Status: { State: "running", Timestamp: "" },
    Spec: {},
    NetworksAttachments: [{ Network: { ID: "id-shop" }, Addresses: [`10.20.1.${index + 2}/24`] }],
  }));
const web = service("web", 2, {
  Endpoint: { VirtualIPs: [{ NetworkID: "id-shop", Addr: "10.20.1.250/24" }] },
});
const full = (number: number) => withSwarm({ services: [web], tasks: tasks(number) });

claims("address budget", [
  [
    "nearly used up: virtual addresses and load balancers count as well",
    full(201),
    /^warn: shop, 203 of 253 \(1 virtual, 201 tasks, 1 load balancer\) → .*larger `subnet`/,
  ],
  ["used up", full(240), /^fail: shop, 242 of 253 /],
  [
    "tasks that have ended have given theirs back",
    withSwarm({
      services: [web],
      tasks: tasks(250).map((task) => ({ ...task, Status: { State: "shutdown", Timestamp: "" } })),
    }),
    /^pass: fullest is ingress, 4 of 253 /,
  ],
  [
    "ingress has one load balancer on every node",
    withSwarm({ overlays: [overlay("ingress", "10.20.0.0/29", { Ingress: true })] }),
    /^warn: ingress, 4 of 5 /,
  ],
]);

const engines = (EngineVersion: string, Options: Record<string, string> = {}) =>
  withSwarm({
    nodes: SWARM.nodes.map(({ ID }) =>
      node(ID.slice(3), { Description: { Hostname: ID.slice(3), Engine: { EngineVersion } } }),
    ),
    overlays: [overlay("shop", "10.20.1.0/24", { Options })],
  });

claims("known engine faults", [
  [
    "28.2 loses names",
    engines("28.2.2"),
    /^fail: .*moby#50129.*: manager-1 \(28\.2\.2\), .* → Upgrade to Engine 28\.3\.0 or later$/,
  ],
  ["28.3 does not", engines("28.3.0"), /^pass: none/],
  ["29 after a node was away", engines("29.7.2"), /^warn: .*moby#53141.* → .*--repair-network$/],
  ["29.5: two of them", engines("29.5.0"), /^warn: .*moby#53141.*\n.*moby#52661/],
  ["a release that nothing is known of", engines("29.8.0"), /^pass: none/],
  [
    "23.0.2 with an encrypted network",
    engines("23.0.2", { encrypted: "" }),
    /^fail: .*CVE-2023-28840.* → Upgrade to Engine 23\.0\.3/,
  ],
  ["23.0.2 without one", engines("23.0.2"), /^pass: none/],
  ["20.10.23 with an encrypted network", engines("20.10.23", { encrypted: "" }), /^fail: .*CVE-2023-28841/],
  ["20.10.24 with one", engines("20.10.24", { encrypted: "" }), /^pass: none/],
  ["what Debian ships", engines("26.1.5+dfsg1", { encrypted: "" }), /^pass: none/],
  ["a version in other words", engines("dev"), /^pass: none/],
]);

const daemon = (settings: object) => withMachines(machine("app-1", { daemon: settings }));

claims("engine settings", [
  [
    "nftables",
    daemon({ firewallBackend: "nftables" }),
    /^fail: .*app-1: "firewall-backend": "nftables" → Take it out of \/etc\/docker/,
  ],
  [
    "nftables with the switch that lets it in",
    daemon({ firewallBackend: "nftables", swarmNftables: true }),
    /^pass: none/,
  ],
  ["live-restore", daemon({ liveRestore: true }), /^fail: .*app-1: "live-restore": true → /],
  ["iptables", daemon({ firewallBackend: "iptables" }), /^pass: none/],
]);

test("without a look at the networks nothing is said of them", () => {
  const findings = diagnose({ ...SOUND, network: undefined });
  expect(findings.at(-1)).toMatchObject({
    check: "not looked at",
    found: "overlay MTU, overlay entries, service discovery, virtual addresses, networks looked at",
  });
});
