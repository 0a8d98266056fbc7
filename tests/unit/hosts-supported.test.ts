import { factsFrom, type Facts } from "../../hosts/facts";
import { compareVersions, whyNotThisOne, whyUnsupported } from "../../hosts/supported";

const FACTS: Facts = {
  ...factsFrom({}),
  os: "debian",
  osVersion: "13",
  system: "Debian GNU/Linux 13 (trixie)",
  arch: "x86_64",
  memoryMiB: 2_000,
  diskMiB: 9_000,
};
const WANTED = { owner: "project p, stack s, cluster c", nodes: [] };

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

test.each<[string, Partial<Facts>, RegExp]>([
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

test("a machine of another cluster is named with its cluster; our own and a new one are fine", () => {
  expect(whyNotThisOne({ ...FACTS, owner: "project p, stack other, cluster c" }, WANTED)).toMatch(
    /it is a machine of project p, stack other, cluster c, and this is project p, stack s, cluster c\./,
  );
  expect(whyNotThisOne({ ...FACTS, owner: WANTED.owner }, WANTED)).toBeUndefined();
  expect(whyNotThisOne(FACTS, WANTED)).toBeUndefined();
});

test("an engine below the oldest that is accepted is refused, with the override", () => {
  expect(whyNotThisOne({ ...FACTS, engine: "20.10.24+dfsg1" }, WANTED)).toMatch(
    /its Docker Engine is 20\.10\.24\+dfsg1; at least 25 is wanted\..*minVersion: "20"/,
  );
  const engine = { minVersion: "20.10" };
  expect(whyNotThisOne({ ...FACTS, engine: "20.10.24" }, { ...WANTED, engine })).toBeUndefined();
});

test("an engine that is another one than the program names is not replaced", () => {
  const engine = { version: "27.1" };
  expect(whyNotThisOne({ ...FACTS, engine: "26.1.5" }, { ...WANTED, engine })).toMatch(/asks for 27\.1/);
  expect(whyNotThisOne({ ...FACTS, engine: "27.1.2" }, { ...WANTED, engine })).toBeUndefined();
});

test("versions are compared as far as the second one goes", () => {
  expect(compareVersions("26.1.5", "26.1")).toBe(0);
  expect(compareVersions("26.1.5", "26.2")).toBeLessThan(0);
  expect(compareVersions("100.0", "25")).toBeGreaterThan(0);
  expect(compareVersions("25", "25.0.1")).toBeLessThan(0);
});
