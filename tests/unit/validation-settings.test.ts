import type { NodeSettings, SwarmNodeInputs, SwarmSettings } from "../../schema/swarm";
import { formatDuration, parseDuration } from "../../validation/duration";
import { checkNode, checkNodeSpecs } from "../../validation/node";
import { describeProblems, show } from "../../validation/problem";
import { checkSwarmSettings } from "../../validation/swarm-settings";

test.each([
  ["90s", 90_000],
  ["1h30m", 5_400_000],
  ["30d", 30 * 86_400_000],
  ["1.5h", 5_400_000],
  ["250ms", 250],
  ["0s", 0],
])("%s is a duration", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(["", "90", "s", "1 h", "-1h", "1h 30m", "1y", "h1"])("%p is no duration", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test.each([
  [0, "0ms"],
  [250, "250ms"],
  [90_000, "90s"],
  [5_400_000, "90m"],
  [7_776_000_000, "2160h"],
])("%i ms read %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
  expect(parseDuration(text)).toBe(ms);
});

test.each<SwarmSettings>([
  {},
  {
    dataPathPort: 1024,
    taskHistoryRetentionLimit: 0,
    snapshotInterval: 1,
    keepOldSnapshots: 0,
    caForceRotate: 0,
  },
  { dataPathPort: 49151, dispatcherHeartbeatPeriod: "1s", nodeCertExpiry: "1h" },
  { autoLockManagers: true, rotateUnlockKey: "2" },
])("settings %p are good", (settings) => {
  expect(checkSwarmSettings(settings)).toEqual([]);
});

test.each<[string, Record<string, unknown>, RegExp]>([
  ["dataPathPort", { dataPathPort: 1023 }, /1023 is not a whole number from 1024 to 49151/],
  ["dataPathPort", { dataPathPort: 49152 }, /49152 is not/],
  ["taskHistoryRetentionLimit", { taskHistoryRetentionLimit: -1 }, /-1 is not a whole number from 0/],
  ["snapshotInterval", { snapshotInterval: 0 }, /0 is not a whole number from 1/],
  ["keepOldSnapshots", { keepOldSnapshots: 1.5 }, /1\.5 is not/],
  ["caForceRotate", { caForceRotate: "2" }, /"2" is not a whole number/],
  ["nodeCertExpiry", { nodeCertExpiry: "59m" }, /"59m" is too short; the least is 1h/],
  ["nodeCertExpiry", { nodeCertExpiry: "90 days" }, /"90 days" is not a duration\. Write it like "90s"/],
  ["caRotationTimeout", { caRotationTimeout: "500ms" }, /"500ms" is too short; the least is 1s/],
  ["dispatcherHeartbeatPeriod", { dispatcherHeartbeatPeriod: 5 }, /5 is not a duration/],
  ["rotateUnlockKey", { rotateUnlockKey: "2", autoLockManagers: false }, /no unlock key to rotate/],
  ["subnetSize", { subnetSize: 0 }, /0 is not a prefix length/],
])("%s: %p is not", (where, settings, text) => {
  expect(checkSwarmSettings(settings as SwarmSettings)).toEqual([
    { where, text: expect.stringMatching(text) },
  ]);
});

test("all problems of the settings are reported together", () => {
  const problems = checkSwarmSettings({
    defaultAddrPool: ["x"],
    dataPathPort: 1,
    nodeCertExpiry: "1s",
    snapshotInterval: 0,
  });
  expect(problems.map(({ where }) => where)).toEqual([
    "defaultAddrPool[0]",
    "dataPathPort",
    "snapshotInterval",
    "nodeCertExpiry",
  ]);
});

test("a good node", () => {
  expect(checkNode({ name: "dev-worker-1", role: "worker" })).toEqual([]);
  expect(checkNode({})).toEqual([]);
  const labels = { storage: "raid", "com.example/zone": "a", zone_1: "" };
  expect(checkNodeSpecs({ nodes: { "app-1": { nodeId: "n", labels, availability: "pause" } } })).toEqual([]);
  expect(checkNodeSpecs({})).toEqual([]);
});

test.each<[string, Partial<Record<keyof SwarmNodeInputs, unknown>>, RegExp]>([
  ["name", { name: "Dev" }, /"Dev" is not a host name/],
  ["name", { name: "dev_1" }, /is not a host name/],
  ["name", { name: "-a" }, /is not a host name/],
  ["name", { name: "a".repeat(64) }, /1 to 63 lower-case letters/],
  ["role", { role: "leader" }, /"leader" is no role\. Use manager or worker/],
])("%s: %p is not", (where, node, text) => {
  expect(checkNode(node as Partial<SwarmNodeInputs>)).toEqual([{ where, text: expect.stringMatching(text) }]);
});

test.each<[string, Partial<Record<keyof NodeSettings, unknown>>, RegExp]>([
  ['labels["a b"]', { labels: { "a b": "x" } }, /no spaces/],
  ['labels["raid"]', { labels: { raid: true } }, /the value true is not a text\. Put it in quotes: "true"/],
  ["availability", { availability: "drained" }, /"drained" is no availability\. Use active, pause, drain/],
])("%s of a node: %p is not", (where, settings, text) => {
  const node = { nodeId: "n", labels: {}, availability: "active", ...settings } as NodeSettings;
  expect(checkNodeSpecs({ nodes: { "app-1": node } })).toEqual([
    { where: `nodes["app-1"].${where}`, text: expect.stringMatching(text) },
  ]);
});

test("problems read as one list", () => {
  expect(
    describeProblems([
      { where: "a", text: "is 1." },
      { where: "b", text: `is ${show("x")}.` },
    ]),
  ).toBe('  - a: is 1.\n  - b: is "x".');
});
