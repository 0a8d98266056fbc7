import { wantedNodes, type NodePoolArgs, type SwarmClusterArgs } from "../../components/cluster-args";
import { checkPoolsClear } from "../../validation/address-pools";
import { checkCluster, type ClusterShape } from "../../validation/cluster-shape";
import { isImageName } from "../../validation/image-name";
import { unknownKeys } from "../../validation/unknown-keys";
import { checkHostname, checkLabels } from "../../validation/node";
import { checkSwarmSettings } from "../../validation/swarm-settings";
import { checkLocalPlatform } from "../../platforms/local/validate";
import type { LocalPlatformArgs } from "../../platforms/local/args";
import type { SwarmSettings } from "../../schema/swarm";
import type { Problem } from "../../validation/problem";

const lines = (problems: Problem[]) => problems.map(({ where, text }) => `${where}: ${text}`);

/** What YAML makes of a value that nobody quoted, or left out. */
describe("values of another type than they should have", () => {
  test.each<[unknown, RegExp]>([
    [undefined, /^name: is missing\. Give it a host name/],
    [5, /^name: 5 is not a host name/],
    [null, /^name: null is not a host name/],
  ])("the name %p", (name, expected) => {
    expect(lines(checkHostname("name", name))).toEqual([expect.stringMatching(expected)]);
  });

  test.each<[unknown, RegExp]>([
    ["x", /^labels: "x" is no mapping of label keys to texts\. Write it like/],
    [[], /^labels: \[\] is no mapping/],
    [{ a: 5 }, /^labels\["a"\]: the value 5 is not a text\. Put it in quotes: "5"\.$/],
    [{ a: null }, /^labels\["a"\]: the value null is not a text\. Write a text in quotes, or remove/],
    [{ a: [1] }, /^labels\["a"\]: the value \[1\] is not a text\. Write a text/],
  ])("the labels %p", (labels, expected) => {
    expect(lines(checkLabels("labels", labels))).toEqual([expect.stringMatching(expected)]);
  });

  test.each<[unknown, RegExp]>([
    [{ autoLockManagers: "yes" }, /^autoLockManagers: "yes" is neither true nor false/],
    [{ rotateWorkerToken: 1 }, /^rotateWorkerToken: 1 is not a text\. Write any text in quotes/],
    [{ subnetSize: "24" }, /^subnetSize: "24" is not a prefix length/],
    [{ subnetSize: 4 }, /^subnetSize: networks of \/4 do not fit into the engine's own pool/],
  ])("the settings %p", (settings, expected) => {
    expect(lines(checkSwarmSettings(settings as SwarmSettings))).toEqual([expect.stringMatching(expected)]);
  });

  test("a pool whose labels of nodes are a list", () => {
    const workers = [{ name: "app", count: 1, nodeLabels: [] }] as unknown as ClusterShape["workers"];
    expect(
      lines(checkCluster({ managers: { count: 1 }, workers: workers as [], allowEvenManagers: false })),
    ).toEqual([
      expect.stringMatching(/^workers\[0\]\.nodeLabels: \[\] is no mapping\. Write it like \{app-1/),
    ]);
  });
});

test("pools without names are not called duplicates of each other", () => {
  const workers = [{ count: 1 }, { count: 1 }] as unknown as ClusterShape["workers"];
  expect(
    lines(checkCluster({ managers: { count: 1 }, workers: workers as [], allowEvenManagers: false })),
  ).toEqual([
    expect.stringMatching(/^workers\[0\]\.name: is missing/),
    expect.stringMatching(/^workers\[1\]\.name: is missing/),
  ]);
});

test("a pool whose name is no text is one problem, and nothing else speaks of its nodes", () => {
  const workers = [
    {
      name: { a: 1 },
      count: 2,
      nodeLabels: { "app-1": { disk: "nvme" } },
      nodeAvailability: { "app-1": "drain" },
    },
    { name: "db", names: [{ b: 2 }, "db-x"], nodeAvailability: { "db-y": "drain" } },
  ] as unknown as NodePoolArgs[];
  expect(
    lines(checkCluster({ managers: { count: 1 }, workers: workers as [], allowEvenManagers: false })),
  ).toEqual([
    expect.stringMatching(/^workers\[0\]\.name: \{"a":1\} is not a host name: 1 to 63 lower-case/),
    expect.stringMatching(/^workers\[1\]\.names\[0\]: \{"b":2\} is not a host name/),
    'workers[1].nodeAvailability: "db-y" is no node of this pool. It has {"b":2}, db-x.',
  ]);
  const platform = {} as SwarmClusterArgs["platform"];
  const nodes = wantedNodes({ platform, managers: { count: 1 }, workers });
  expect(nodes.map(({ name }) => name)).toEqual(["manager-1", "db-x"]);
});

test("a pool's name leaves room for the numbers of its nodes", () => {
  const workers = [{ name: "a".repeat(62), count: 3 }];
  expect(
    lines(checkCluster({ managers: { count: 1 }, workers: workers as [], allowEvenManagers: false })),
  ).toEqual([expect.stringMatching(/^workers\[0\]\.name: the node "a{62}-3" would have 64 characters/)]);
});

test.each(["manager", "managers"])("a pool cannot be called %s", (name) => {
  expect(
    lines(checkCluster({ managers: { count: 1 }, workers: [{ name }], allowEvenManagers: false })),
  ).toEqual([expect.stringMatching(/is what the managers are called/)]);
});

test("a key that nobody reads is compared with those that are known", () => {
  const known = ["managers", "workers"];
  expect(lines(unknownKeys("", { manager: 1, workers: 1, zzz: 1 }, known))).toEqual([
    'manager: is not known here. Did you mean "managers"?',
    "zzz: is not known here. Known: managers, workers.",
  ]);
});

test.each(["debian", "debian:trixie-slim", "localhost:5000/a/b:1", "ghcr.io/x/y_z@sha256:" + "0".repeat(64)])(
  "%s is the name of an image",
  (name) => expect(isImageName(name)).toBe(true),
);

test.each(["", "Debian", "a b", "a:", "a/", "/a", 5, undefined, "a@sha256:12"])("%p is none", (name) => {
  expect(isImageName(name)).toBe(false);
});

describe("the local platform", () => {
  const nodes = ["manager-1", "app-1"].map((name) => ({ name, role: "worker" as const, pool: "app" }));
  const request = {
    owner: { project: "p", stack: "s", cluster: "c", id: "1f2e" },
    nodes,
    defaultAddrPool: ["10.30.0.0/28"],
  };
  const check = (args: unknown) =>
    lines(checkLocalPlatform(args as LocalPlatformArgs, request, ["192.0.2.0/24"]));

  test("leaves the rules of the pools themselves to the swarm, which knows the subnetSize", () => {
    expect(check({})).toEqual([]);
    expect(lines(checkPoolsClear(["no range"], undefined, []))).toEqual([]);
  });

  test.each<[string, unknown, RegExp[]]>([
    [
      "a subnet without room",
      { subnet: "10.31.0.0/30" },
      [/^subnet: 10\.31\.0\.0\/30 has room for 1 nodes; the cluster has 2/],
    ],
    [
      "a subnet in the pools",
      { subnet: "10.30.0.0/16" },
      [/^defaultAddrPool\[0\]: 10\.30\.0\.0\/28 overlaps the nodes' own network/],
    ],
    [
      "a subnet of the host",
      { subnet: "192.0.2.0/24" },
      [/^subnet: 192\.0\.2\.0\/24 overlaps the host's route to 192\.0\.2\.0\/24/],
    ],
    [
      "a port on one address and on all",
      { ports: [port({}), port({ hostIp: "0.0.0.0" })] },
      [/^ports\[1\]\.published: 80 is published by ports\[0\]/],
    ],
    [
      "a port in quotes",
      { ports: [port({ published: "80" })] },
      [/^ports\[0\]\.published: "80" is not a port\..* without quotes/],
    ],
    [
      "a port of nobody",
      { ports: [port({ node: undefined })] },
      [/^ports\[0\]\.node: undefined is no node of the cluster/],
    ],
    [
      "no protocol",
      { ports: [port({ protocol: "sctpp" })] },
      [/^ports\[0\]\.protocol: "sctpp" is no protocol/],
    ],
    [
      "no address",
      { ports: [port({ hostIp: "localhost" })] },
      [/^ports\[0\]\.hostIp: "localhost" is not an IP address/],
    ],
    [
      "a mistyped key",
      { ports: [port({ targets: 1 })] },
      [/^ports\[0\]\.targets: is not known here\. Did you mean "target"/],
    ],
    [
      "a base image",
      { baseImage: "Not An Image" },
      [/^baseImage: "Not An Image" is not the name of an image/],
    ],
    [
      "images",
      { images: [{ name: "A b" }, {}] },
      [/^images\[0\]\.name: "A b" is not the name/, /^images\[1\]\.name: the image has no name/],
    ],
  ])("%s", (_what, args, expected) => {
    expect(check(args)).toEqual(expected.map((one): unknown => expect.stringMatching(one)));
  });

  test("the same port on two addresses is fine", () => {
    expect(check({ ports: [port({}), port({ hostIp: "127.0.0.2" }), port({ protocol: "udp" })] })).toEqual(
      [],
    );
  });
});

function port(change: object) {
  return { node: "app-1", published: 80, target: 80, ...change };
}
