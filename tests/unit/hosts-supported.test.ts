import { factsFrom, type HostFacts } from "../../hosts/host-facts";
import { compareVersions, whyForeign, whyNotThisEngine, whyUnsupported } from "../../hosts/supported";

const FACTS: HostFacts = {
  ...factsFrom({}),
  os: "debian",
  osVersion: "13",
  system: "Debian GNU/Linux 13 (trixie)",
  arch: "x86_64",
  memoryMiB: 2_000,
  diskMiB: 9_000,
};
const WANTED = { owner: "project p, stack s, cluster c", identity: "0a1b2c3d4e5f", nodes: [] };

test.each([
  ["debian", "12", "x86_64"],
  ["debian", "13", "aarch64"],
  ["ubuntu", "22.04", "x86_64"],
  ["ubuntu", "24.04", "aarch64"],
  ["rocky", "9.4", "x86_64"],
  ["rhel", "9.0", "x86_64"],
  ["centos", "9", "aarch64"],
])("%s %s on %s is supported", (os, osVersion, arch) => {
  expect(whyUnsupported({ ...FACTS, os, osVersion, arch })).toBeUndefined();
});

test.each<[string, Partial<HostFacts>, RegExp]>([
  [
    "an old release",
    { osVersion: "11", system: "Debian 11" },
    /its system is Debian 11\. Supported: Debian 12, 13; /,
  ],
  ["a version that only begins alike", { osVersion: "130" }, /its system is/],
  ["another system", { os: "alpine", system: "Alpine Linux" }, /its system is Alpine Linux\. Supported: /],
  ["32 bits", { arch: "armv7l" }, /its architecture is armv7l\. Supported: amd64 and arm64/],
  ["no root", { uid: 1000 }, /no root rights\. Give `sudo: true` for this host, or `user: "root"`/],
  ["little memory", { memoryMiB: 511 }, /has 511 MiB of memory\. A node needs 512 MiB/],
  ["a full disk", { diskMiB: 100 }, /has 100 MiB free below \/var\/lib/],
])("%s is not", (_what, facts, says) => {
  expect(whyUnsupported({ ...FACTS, ...facts })).toMatch(says);
});

test("a full disk is no matter where the engine is there already", () => {
  expect(whyUnsupported({ ...FACTS, diskMiB: 100, engine: "26.1.5" })).toBeUndefined();
});

describe("whose a machine is", () => {
  const ours = { owner: WANTED.owner, identity: WANTED.identity, machine: "m-1" };
  const older = { ...ours, identity: "" };

  test.each<[string, Partial<HostFacts>, Partial<typeof WANTED> & { machine?: string; older?: boolean }]>([
    ["nobody's", {}, {}],
    ["ours by its identity", ours, {}],
    ["ours by its identity, though we go by another name by now", { ...ours, owner: "project x" }, {}],
    ["older than identities, and in our state", older, { machine: "m-1" }],
    ["older than identities, as our cluster is", older, { older: true }],
    ["ours, and our state has not heard of its identity yet", ours, { identity: "", machine: "m-1" }],
  ])("%s: it is set up", (_what, facts, wanted) => {
    expect(whyForeign({ ...FACTS, ...facts }, { ...WANTED, ...wanted })).toBeUndefined();
  });

  test.each<[string, Partial<HostFacts>, Partial<typeof WANTED> & { machine?: string; older?: boolean }]>([
    ["another identity under our names", { ...ours, identity: "ffff2c3d4e5f" }, {}],
    [
      "another identity, though our state lists it",
      { ...ours, identity: "ffff2c3d4e5f" },
      { machine: "m-1" },
    ],
    ["an identity, and we have none yet", ours, { identity: "" }],
    ["older than identities, under our names, and not in our state", older, {}],
    ["older than identities, and another machine than the state's", older, { machine: "m-2" }],
    ["older than identities, under other names", { ...older, owner: "project x" }, { older: true }],
  ])("%s: it is refused", (_what, facts, wanted) => {
    expect(whyForeign({ ...FACTS, ...facts }, { ...WANTED, ...wanted })).toMatch(
      /it is a machine of project /,
    );
  });

  test("a refusal names both, and what to do", () => {
    expect(whyForeign({ ...FACTS, ...ours, identity: "ffff2c3d4e5f" }, WANTED)).toBe(
      "it is a machine of project p, stack s, cluster c (identity ffff2c3d), " +
        "and this is project p, stack s, cluster c (identity 0a1b2c3d). " +
        "Take it out there first, or if that cluster is gone: rm -r /var/lib/pulumi-swarm on that machine.",
    );
  });
});

test("an engine below the oldest that is accepted is refused, with the override", () => {
  expect(whyNotThisEngine({ ...FACTS, engine: "20.10.24+dfsg1" }, WANTED)).toMatch(
    /its Docker Engine is 20\.10\.24\+dfsg1; at least 25 is wanted\..*minVersion: "20"/,
  );
  const engine = { minVersion: "20.10" };
  expect(whyNotThisEngine({ ...FACTS, engine: "20.10.24" }, { ...WANTED, engine })).toBeUndefined();
});

test("an engine that is another one than the program names is not replaced", () => {
  const engine = { version: "27.1" };
  expect(whyNotThisEngine({ ...FACTS, engine: "26.1.5" }, { ...WANTED, engine })).toMatch(/asks for 27\.1/);
  expect(whyNotThisEngine({ ...FACTS, engine: "27.1.2" }, { ...WANTED, engine })).toBeUndefined();
});

test("versions are compared as far as the second one goes", () => {
  expect(compareVersions("26.1.5", "26.1")).toBe(0);
  expect(compareVersions("26.1.5", "26.2")).toBeLessThan(0);
  expect(compareVersions("100.0", "25")).toBeGreaterThan(0);
  expect(compareVersions("25", "25.0.1")).toBeLessThan(0);
});
