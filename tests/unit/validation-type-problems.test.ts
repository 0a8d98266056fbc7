import { shapeOf } from "../../schema/package-schema";
import type { ResourceType } from "../../schema/resources";
import { missingInputs, typeProblems } from "../../validation/type-problems";

type Values = Record<string, unknown>;

const UNKNOWN = Symbol("unknown");
const CONTAINER = { container: "m1" };
const OVER_SSH = { host: "192.0.2.1", hostKey: "SHA256:x", privateKey: "s3cret" };

const linesOf = (problems: Iterable<{ where: string; text: string }>) =>
  [...problems].map(({ where, text }) => `${where}: ${text}`);
const wrong = (type: ResourceType, values: Values, ...secrets: string[]) =>
  linesOf([...typeProblems(shapeOf(type), values, new Set(secrets)).values()].flat());
const missing = (type: ResourceType, values: Values) => linesOf(missingInputs(shapeOf(type), values));

describe("values that fit", () => {
  test.each<[string, ResourceType, Values]>([
    ["a union's first type", "swarm:index:SwarmNode", { connection: CONTAINER }],
    ["a union's second type", "swarm:index:SwarmNode", { connection: { ...OVER_SSH, sudo: true } }],
    ["a list of mappings", "swarm:index:NodeSpecs", { managers: [{ name: "m1", connection: CONTAINER }] }],
    [
      "one of some texts",
      "swarm:index:SwarmNode",
      { role: "manager", disruption: { onDrainTimeout: "fail" } },
    ],
    ["a mapping with keys of its own", "swarm:index:Config", { labels: { "any key": "text" } }],
    [
      "a key with a hyphen",
      "swarm:index:SwarmHost",
      { engine: { daemon: { "log-opts": { "max-size": "9m" } } } },
    ],
    ["what is left out, and an undefined", "swarm:index:Network", { subnet: undefined }],
    ["a fraction, where it is not called whole", "swarm:index:SwarmStack", { convergeTimeout: 0.5 }],
  ])("%s", (_what, type, values) => expect(wrong(type, values)).toEqual([]));

  test.each<[string, Values]>([
    ["as a whole", { nodes: UNKNOWN, managers: UNKNOWN }],
    ["inside", { nodes: { "app-1": { nodeId: UNKNOWN, availability: UNKNOWN, labels: { a: UNKNOWN } } } }],
    ["in a list", { managers: [UNKNOWN, { name: "m2", connection: UNKNOWN }] }],
  ])("what is not known yet, %s", (_what, values) => {
    expect(wrong("swarm:index:NodeSpecs", values)).toEqual([]);
  });
});

describe("values of another type are one problem each, wherever they are", () => {
  test.each<[ResourceType, Values, string]>([
    ["swarm:index:Network", { name: 5 }, 'name: 5 is not a text. Write it in quotes, such as "1".'],
    [
      "swarm:index:Swarm",
      { snapshotInterval: "9" },
      'snapshotInterval: "9" is not a number. Write it without quotes.',
    ],
    [
      "swarm:index:Swarm",
      { subnetSize: 24.5 },
      "subnetSize: 24.5 is not a whole number. Write it without quotes.",
    ],
    [
      "swarm:index:Swarm",
      { autoLockManagers: "yes" },
      'autoLockManagers: "yes" is neither true nor false. Write it without quotes.',
    ],
    [
      "swarm:index:Swarm",
      { defaultAddrPool: "10.0.0.0/8" },
      'defaultAddrPool: "10.0.0.0/8" is no list. Write it like [one, two].',
    ],
    [
      "swarm:index:Swarm",
      { defaultAddrPool: ["10.0.0.0/8", 5] },
      'defaultAddrPool[1]: 5 is not a text. Write it in quotes, such as "1".',
    ],
    [
      "swarm:index:Config",
      { labels: ["a"] },
      'labels: ["a"] is no mapping of names to values. Write it like {name: value}.',
    ],
    [
      "swarm:index:Config",
      { labels: { "a b": true } },
      'labels["a b"]: true is not a text. Write it in quotes, such as "1".',
    ],
    [
      "swarm:index:SwarmNode",
      { role: "boss" },
      'role: "boss" is not one of: manager, worker. Use one of these.',
    ],
    [
      "swarm:index:NodeSpecs",
      { nodes: { "app-1": { availability: "off" } } },
      'nodes["app-1"].availability: "off" is not one of: active, pause, drain. Use one of these.',
    ],
    [
      "swarm:index:SwarmHost",
      { engine: { daemon: { mtu: "9" } } },
      'engine.daemon.mtu: "9" is not a whole number. Write it without quotes.',
    ],
  ])("%s %j", (type, values, expected) => expect(wrong(type, values)).toEqual([expected]));
});

describe("keys that nobody reads", () => {
  test.each<[ResourceType, Values, string]>([
    ["swarm:index:Network", { subnett: "x" }, 'subnett: is not known here. Did you mean "subnet"?'],
    [
      "swarm:index:NodeSpecs",
      { nodes: { "app-1": { lables: {} } } },
      'nodes["app-1"].lables: is not known here. Did you mean "labels"?',
    ],
    [
      "swarm:index:SwarmNode",
      { connection: { ...OVER_SSH, prot: 22 } },
      'connection.prot: is not known here. Did you mean "port"?',
    ],
    [
      "swarm:index:SwarmNode",
      { connection: { ...CONTAINER, dockerHosts: "x" } },
      'connection.dockerHosts: is not known here. Did you mean "dockerHost"?',
    ],
  ])("%s %j", (type, values, expected) => expect(wrong(type, values)).toEqual([expected]));
});

test("all problems are told at once, by input", () => {
  const problems = typeProblems(shapeOf("swarm:index:Network"), {
    name: 5,
    internal: 1,
    options: { a: 1, b: 2 },
  });
  expect([...problems].map(([name, found]) => [name, found.length])).toEqual([
    ["name", 1],
    ["internal", 1],
    ["options", 2],
  ]);
});

describe("no message shows what is secret", () => {
  test.each<[string, ResourceType, Values, string[]]>([
    ["by the schema", "swarm:index:Secret", { data: 123456 }, []],
    [
      "by the schema, further in",
      "swarm:index:SwarmNode",
      { connection: { ...OVER_SSH, password: 123456 } },
      [],
    ],
    ["by the program", "swarm:index:Network", { options: { a: 123456 } }, ["options"]],
    ["or what is too long to help", "swarm:index:Network", { attachable: "123456".repeat(20) }, []],
  ])("%s", (_what, type, values, secrets) => {
    const [line, ...more] = wrong(type, values, ...secrets);
    expect(line).toMatch(/: a (number|string) is n/);
    expect([line, ...more].join("\n")).not.toContain("123456");
    expect(more).toEqual([]);
  });
});

describe("what is missing", () => {
  const network = { owner: { project: "p", stack: "s", cluster: "c" }, clusterId: "c1", name: "n" };

  test("is told with what it is, at any depth", () => {
    const managers = [{ name: "m1" }, { connection: CONTAINER }];
    expect(missing("swarm:index:Network", { ...network, name: undefined, managers })).toEqual([
      "name: is missing, and has no default. What it is: Name of the network in the swarm; a later version of it has a hash of its settings behind it.",
      "managers[0].connection: is missing, and has no default. What it is: How it is reached.",
      "managers[1].name: is missing, and has no default. What it is: Name of the node.",
    ]);
  });

  test("of a union is what the nearest of its types misses", () => {
    const managers = [{ name: "m1", connection: { host: "192.0.2.1" } }];
    expect(missing("swarm:index:Network", { ...network, managers })).toEqual([
      expect.stringMatching(/^managers\[0\]\.connection\.hostKey: is missing/),
    ]);
  });

  test("is neither what may be left out nor what is not known yet", () => {
    expect(missing("swarm:index:Network", { ...network, managers: UNKNOWN })).toEqual([]);
    expect(
      missing("swarm:index:Network", { ...network, managers: [{ name: "m1", connection: UNKNOWN }] }),
    ).toEqual([]);
  });

  test("is no problem of its type", () => {
    expect(wrong("swarm:index:Network", { managers: [{ name: "m1" }] })).toEqual([]);
  });
});
