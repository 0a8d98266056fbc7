import { checkCluster, faultTolerance, type ClusterShape } from "../../validation/cluster-shape";

const GOOD: ClusterShape = {
  managers: { count: 3, labels: { zone: "a" } },
  workers: [
    { name: "app", count: 2, labels: { storage: "raid" }, nodeLabels: { "app-2": { disk: "nvme" } } },
    { name: "db", availability: "drain" },
    { name: "spare", count: 0 },
  ],
  allowEvenManagers: false,
};

function problemsOf(change: Partial<ClusterShape>): string[] {
  return checkCluster({ ...GOOD, ...change }).map(({ where, text }) => `${where}: ${text}`);
}

test.each([
  [1, 0],
  [2, 0],
  [3, 1],
  [4, 1],
  [5, 2],
  [6, 2],
  [7, 3],
])("%i managers survive the loss of %i", (managers, losses) => {
  expect(faultTolerance(managers)).toBe(losses);
});

test("a good cluster", () => {
  expect(problemsOf({})).toEqual([]);
});

test.each([1, 3, 5, 7])("%i managers are good", (count) => {
  expect(problemsOf({ managers: { count } })).toEqual([]);
});

test.each([0, -1, 8, 9, 1.5, NaN])("%d managers are not", (count) => {
  expect(problemsOf({ managers: { count } })).toEqual([
    expect.stringMatching(
      /^managers\.count: .* is not a number of managers from 1 to 7\. Use 1, 3, 5 or 7\./,
    ),
  ]);
});

test("an even number shows what it is worth, and is taken when it is asked for", () => {
  expect(problemsOf({ managers: { count: 4 } })).toEqual([
    "managers.count: 4 is even: 4 managers survive the loss of 1, as many as 3 do. " +
      "Use 3 (survives 1) or 5 (survives 2), or set allowEvenManagers.",
  ]);
  expect(problemsOf({ managers: { count: 4 }, allowEvenManagers: true })).toEqual([]);
  expect(problemsOf({ managers: { count: 8 }, allowEvenManagers: true })).toHaveLength(1);
});

test.each<[string, ClusterShape["workers"], RegExp]>([
  [
    "negative count",
    [{ name: "app", count: -1 }],
    /^workers\[0\]\.count: -1 is not a number of workers\. Write a whole number from 0 to 1000/,
  ],
  ["huge count", [{ name: "app", count: 1e6 }], /^workers\[0\]\.count: 1000000 is not/],
  ["no host name", [{ name: "App 1" }], /^workers\[0\]\.name: "App 1" is not a host name/],
  [
    "the managers' name",
    [{ name: "manager" }],
    /^workers\[0\]\.name: "manager" is what the managers are called/,
  ],
  [
    "a name twice",
    [{ name: "app" }, { name: "app" }],
    /^workers\[1\]\.name: "app" is the name of workers\[0\] already/,
  ],
  [
    "a label with a space",
    [{ name: "app", labels: { "a b": "1" } }],
    /^workers\[0\]\.labels\["a b"\]: .* no spaces/,
  ],
  [
    "labels of no node",
    [{ name: "app", count: 2, nodeLabels: { "app-3": {} } }],
    /"app-3" is no node of this pool/,
  ],
  [
    "an availability",
    [{ name: "app", availability: "off" }],
    /^workers\[0\]\.availability: "off" is no availability/,
  ],
])("%s", (_what, workers, expected) => {
  expect(problemsOf({ workers })).toEqual([expect.stringMatching(expected)]);
});

test("all problems of a cluster are reported together", () => {
  expect(
    problemsOf({ managers: { count: 2 }, workers: [{ name: "a b", count: -1 }, { name: "manager" }] }),
  ).toHaveLength(4);
});

test("commands after the join have names of their own and something to run", () => {
  const commands = [
    { name: "mount", create: "mount -a" },
    { name: "mount", create: " " },
  ];
  const shape = {
    managers: { count: 1 },
    workers: [{ name: "app", afterJoin: commands }],
    allowEvenManagers: false,
  };
  expect(checkCluster(shape)).toEqual([
    { where: "workers[0].afterJoin[1].create", text: expect.stringMatching(/is no shell command/) },
    { where: "workers[0].afterJoin[1].name", text: expect.stringMatching(/afterJoin\[0\] already/) },
  ]);
});
