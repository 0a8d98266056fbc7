import { checkAddressPools } from "../../validation/address-pools";
import {
  addressAt,
  contains,
  firstHosts,
  formatAddress,
  includesAddress,
  overlaps,
  parseAddress,
  parseCidr,
  type Cidr,
} from "../../validation/cidr";

function cidr(text: string): Cidr {
  const range = parseCidr(text);
  if (!range) throw new Error(`${text} is no range`);
  return range;
}

test.each([
  ["0.0.0.0/0", 0, 0],
  ["10.0.0.0/8", 10 * 2 ** 24, 8],
  ["192.168.1.0/24", 192 * 2 ** 24 + 168 * 2 ** 16 + 256, 24],
  ["255.255.255.255/32", 2 ** 32 - 1, 32],
])("%s is a range", (text, base, prefix) => {
  expect(parseCidr(text)).toEqual({ text, base, prefix });
});

test.each([
  "",
  "10.0.0.0",
  "10.0.0.0/33",
  "10.0.0.1/8",
  "10.0.0/8",
  "10.0.0.0.0/8",
  "256.0.0.0/8",
  "010.0.0.0/8",
  "fd00::/8",
  " 10.0.0.0/8",
])("%p is no range", (text) => {
  expect(parseCidr(text)).toBeUndefined();
});

test.each([
  "",
  "1.2.3",
  "1.2.3.",
  "1.2.3.4.",
  "1.2.3.4.5",
  ".1.2.3",
  "1..2.3",
  "1.2.3.256",
  "1.2.3.-4",
  "1.2.3.04",
  "0x1.2.3.4",
  "1.2.3. 4",
])("%p is no address", (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

test.each(["0.0.0.0", "10.20.30.40", "172.16.0.1", "255.255.255.255"])(
  "%s survives reading and writing",
  (text) => {
    expect(formatAddress(parseAddress(text) ?? -1)).toBe(text);
  },
);

test.each([
  ["10.0.0.0/8", "10.1.0.0/16", true],
  ["10.0.0.0/8", "11.0.0.0/8", false],
  ["10.0.0.0/9", "10.128.0.0/9", false],
  ["0.0.0.0/0", "192.168.0.0/16", true],
])("%s and %s overlap: %s", (a, b, expected) => {
  expect(overlaps(cidr(a), cidr(b))).toBe(expected);
  expect(overlaps(cidr(b), cidr(a))).toBe(expected);
});

test("a range contains its parts and itself, not what it is a part of", () => {
  expect(contains(cidr("10.0.0.0/8"), cidr("10.1.0.0/16"))).toBe(true);
  expect(contains(cidr("10.0.0.0/8"), cidr("10.0.0.0/8"))).toBe(true);
  expect(contains(cidr("10.1.0.0/16"), cidr("10.0.0.0/8"))).toBe(false);
});

test.each([
  ["10.1.0.0", true],
  ["10.1.255.255", true],
  ["10.2.0.0", false],
])("10.1.0.0/16 includes %s: %s", (address, expected) => {
  expect(includesAddress(cidr("10.1.0.0/16"), parseAddress(address) ?? -1)).toBe(expected);
});

test("addresses of a range", () => {
  expect(addressAt("172.30.0.0/16", 258)).toBe("172.30.1.2");
  expect(() => addressAt("172.30.0.1/16", 1)).toThrow('"172.30.0.1/16" is not an IPv4 range');
  expect(firstHosts("10.0.0.0/30")).toEqual(["10.0.0.1", "10.0.0.2"]);
  expect(firstHosts("10.0.0.0/32")).toEqual([]);
  expect(firstHosts("10.0.0.0/8")).toHaveLength(1024);
});

describe("address pools", () => {
  const check = (pools: string[], size?: number, network?: string, routes: string[] = []) =>
    checkAddressPools({ defaultAddrPool: pools, subnetSize: size }, network, routes).map(
      ({ where, text }) => `${where}: ${text}`,
    );

  test("that are apart from each other and from all that nodes reach are good", () => {
    expect(check(["10.20.0.0/16", "10.21.0.0/16"], 26, "172.30.0.0/16", ["192.168.1.0/24"])).toEqual([]);
    expect(check(["10.20.0.0/24"], 24)).toEqual([]);
    expect(checkAddressPools({}, "172.30.0.0/16", ["192.168.1.0/24"])).toEqual([]);
  });

  test.each<[string, RegExp, ...Parameters<typeof check>]>([
    ["no range", /^defaultAddrPool\[0\]: "10\.20\.0\.0" is not an IPv4 range/, ["10.20.0.0"]],
    ["host bits", /^defaultAddrPool\[0\]: "10\.20\.0\.1\/16" is not/, ["10.20.0.1/16"]],
    [
      "each other",
      /^defaultAddrPool\[1\]: 10\.0\.0\.0\/8 overlaps defaultAddrPool\[0\] 10\.20\.0\.0\/16/,
      ["10.20.0.0/16", "10.0.0.0/8"],
    ],
    ["the nodes", /overlaps the nodes' own network 10\.20\.1\.0\/24/, ["10.20.0.0/16"], 24, "10.20.1.0/24"],
    [
      "a route",
      /overlaps the host's route to 10\.20\.1\.0\/24/,
      ["10.20.0.0/16"],
      24,
      undefined,
      ["10.20.1.0/24"],
    ],
    [
      "smaller than a subnet",
      /^defaultAddrPool\[0\]: 10\.20\.0\.0\/25 is smaller than one network of subnetSize 24/,
      ["10.20.0.0/25"],
    ],
    ["no size", /^subnetSize: 30 is not a prefix length from 1 to 29/, ["10.20.0.0/16"], 30],
    ["a broken size", /^subnetSize: 24\.5 is not a prefix length/, ["10.20.0.0/16"], 24.5],
  ])("%s", (_what, expected, ...args) => {
    expect(check(...args)).toEqual([expect.stringMatching(expected)]);
  });
});
