import type { Shape } from "../../schema/package-schema";
import { difference } from "../../provider/difference";
import { UNKNOWN, type Properties } from "../../provider/values";

const RULES: Shape["changes"] = { name: "replace", labels: "update", managers: "connection" };
const OLD: Properties = { name: "a", labels: { x: "1", y: "2" }, managers: ["m1"], nodeId: "output" };

test.each<[string, Properties, { changed: string[]; replaces: string[] }]>([
  ["nothing", {}, { changed: [], replaces: [] }],
  ["the order of keys", { labels: { y: "2", x: "1" } }, { changed: [], replaces: [] }],
  [
    "an undefined beside the others",
    { labels: { x: "1", y: "2", z: undefined } },
    { changed: [], replaces: [] },
  ],
  ["a field to update", { labels: { x: "1" } }, { changed: ["labels"], replaces: [] }],
  ["a field to replace", { name: "b" }, { changed: ["name"], replaces: ["name"] }],
  ["how it is reached", { managers: ["m2"] }, { changed: ["managers"], replaces: [] }],
  ["the order of a list", { managers: ["m1", "m0"] }, { changed: ["managers"], replaces: [] }],
  ["a field taken out", { labels: undefined }, { changed: ["labels"], replaces: [] }],
  ["a value not known yet", { labels: { x: UNKNOWN } }, { changed: ["labels"], replaces: [] }],
  ["a fixed value not known yet", { name: UNKNOWN }, { changed: ["name"], replaces: ["name"] }],
  ["two at once", { name: "b", labels: {} }, { changed: ["name", "labels"], replaces: ["name"] }],
])("changed: %s", (_what, change, expected) => {
  expect(difference(RULES, OLD, { ...OLD, ...change })).toEqual(expected);
});

test("outputs in the old state are no difference", () => {
  const { nodeId: _output, ...inputs } = OLD;
  expect(difference(RULES, OLD, inputs).changed).toEqual([]);
});

describe("whose an object is", () => {
  const rules: Shape["changes"] = { owner: "owner" };
  const names = { project: "p", stack: "s", cluster: "c" };
  const ours = { ...names, id: "0a1b" };

  test.each<[string, unknown, unknown, { changed: string[]; replaces: string[] }]>([
    ["nothing", ours, ours, { changed: [], replaces: [] }],
    ["an identity for what had none", names, ours, { changed: ["owner"], replaces: [] }],
    ["one that this update makes", names, { ...names, id: UNKNOWN }, { changed: ["owner"], replaces: [] }],
    [
      "the names, by `pulumi stack rename`",
      ours,
      { ...ours, stack: "t" },
      { changed: ["owner"], replaces: [] },
    ],
    ["the identity", ours, { ...ours, id: "ffff" }, { changed: ["owner"], replaces: ["owner"] }],
    ["to one not known yet", ours, { ...ours, id: UNKNOWN }, { changed: ["owner"], replaces: ["owner"] }],
    ["names without one", names, { ...ours, stack: "t" }, { changed: ["owner"], replaces: ["owner"] }],
  ])("changed: %s", (_what, old, now, expected) => {
    expect(difference(rules, { owner: old }, { owner: now })).toEqual(expected);
    expect(difference({ owner: "fixed-owner" }, { owner: old }, { owner: now })).toEqual(expected);
  });
});
