import type { NetworkInputs } from "../../schema/objects";
import { checkNetwork, checkSource, checkVersioned, emptyPlaceholders } from "../../validation/objects";

describe.each(["secret", "config"] as const)("a %s", (kind) => {
  const limit = kind === "secret" ? 500 * 1024 : 1000 * 1024;

  test.each(["db-password", "a", "A.b_c-9", "x".repeat(53)])("may be called %s", (name) => {
    expect(checkVersioned(kind, { name, data: "x" })).toEqual([]);
  });

  test.each([
    ["", "is not a name"],
    ["-a", "is not a name"],
    ["a.", "is not a name"],
    ["a b", "is not a name"],
    ["ä", "is not a name"],
    ["x".repeat(54), "has 54 characters; at most 53 are left beside the hash of the content (64 in all)"],
  ])("may not be called %p", (name, text) => {
    expect(checkVersioned(kind, { name })).toEqual([
      { where: "name", text: expect.stringContaining(`"${name}" ${text}`) },
    ]);
  });

  test.each([1, limit - 1])("may hold %i bytes", (size) => {
    expect(checkVersioned(kind, { data: "x".repeat(size) })).toEqual([]);
  });

  test("may not be empty", () => {
    expect(checkVersioned(kind, { data: "" })).toEqual([
      { where: "data", text: expect.stringMatching(/^has 0 bytes; .* at least 1/) },
    ]);
  });

  test.each([
    ["the limit itself", "x".repeat(limit), limit],
    ["letters of two bytes", "ü".repeat(limit / 2), limit],
    ["far more", "x".repeat(2 * limit), 2 * limit],
  ])("may not hold too much: %s", (_what, data, size) => {
    const [problem] = checkVersioned(kind, { data });
    expect(problem.text).toContain(
      `has ${size} bytes; a ${kind} must be smaller than ${limit} (${limit / 1024} KiB)`,
    );
  });

  test("never shows its data", () => {
    const name = "a b";
    const data = "TopSecret".repeat(200_000);
    const problems = checkVersioned(kind, { name, data });
    expect(problems).toHaveLength(2);
    expect(JSON.stringify(problems)).not.toContain("TopSecret");
    expect(JSON.stringify(checkVersioned(kind, { data: 12345678 as unknown as string }))).not.toContain(
      "12345678",
    );
  });
});

describe("a network", () => {
  test.each<Partial<NetworkInputs>>([
    {},
    {
      name: "shop_front-1",
      attachable: true,
      encrypted: false,
      internal: true,
      labels: { "com.example/team": "a" },
    },
    { subnet: "10.20.0.0/24", gateway: "10.20.0.1", ipRange: "10.20.0.128/25" },
    { subnet: "10.20.0.0/29", gateway: "10.20.0.6", ipRange: "10.20.0.0/29" },
  ])("may be %p", (inputs) => {
    expect(checkNetwork(inputs)).toEqual([]);
  });

  test.each<[string, Partial<Record<keyof NetworkInputs, unknown>>, RegExp]>([
    ["name", { name: "a.b" }, /"a\.b" is not a name of a network/],
    ["name", { name: "" }, /"" is not a name of a network/],
    ["name", { name: "x".repeat(64) }, /has 64 characters; at most 63/],
    ["name", { name: "ingress" }, /"ingress" is a network of Docker's own/],
    ["attachable", { attachable: "true" }, /"true" is neither true nor false/],
    [
      "subnet",
      { subnet: "10.20.0.1/24" },
      /"10\.20\.0\.1\/24" is not an IPv4 range in CIDR form with host bits zero/,
    ],
    ["subnet", { subnet: "10.20.0.0/30" }, /10\.20\.0\.0\/30 has no address left for tasks/],
    ["gateway", { gateway: "10.20.0.1" }, /"10\.20\.0\.1" needs a subnet/],
    [
      "gateway",
      { subnet: "10.20.0.0/24", gateway: "10.21.0.1" },
      /10\.21\.0\.1 is outside of the subnet 10\.20\.0\.0\/24/,
    ],
    ["gateway", { subnet: "10.20.0.0/24", gateway: "10.20.0.0" }, /is the first or last address/],
    ["gateway", { subnet: "10.20.0.0/24", gateway: "10.20.0.255" }, /is the first or last address/],
    ["gateway", { subnet: "10.20.0.0/24", gateway: "10.20.0" }, /"10\.20\.0" is not an IPv4 address/],
    ["ipRange", { ipRange: "10.20.0.0/25" }, /"10\.20\.0\.0\/25" needs a subnet/],
    [
      "ipRange",
      { subnet: "10.20.0.0/24", ipRange: "10.20.0.0/23" },
      /10\.20\.0\.0\/23 is not inside the subnet/,
    ],
    ["ipRange", { subnet: "10.20.0.0/24", ipRange: "10.20.0.1/25" }, /is not an IPv4 range/],
    ['labels["a b"]', { labels: { "a b": "1" } }, /no spaces/],
  ])("%s: %p", (where, inputs, text) => {
    expect(checkNetwork(inputs as Partial<NetworkInputs>)).toEqual([
      { where, text: expect.stringMatching(text) },
    ]);
  });

  test("all problems at once, and none that follows from another one", () => {
    const problems = checkNetwork({
      name: "a b",
      subnet: "10.0.0.0",
      gateway: "10.0.0.1",
      ipRange: "10.0.0.0/25",
    });
    expect(problems.map(({ where }) => where)).toEqual(["name", "subnet"]);
  });
});

describe("versions that are kept", () => {
  test.each([1, 2, 100])("may be %p", (keep) => {
    expect(checkVersioned("config", { keep })).toEqual([]);
  });

  test.each([0, 101, 1.5, "2"])("may not be %p", (keep) => {
    expect(checkVersioned("config", { keep: keep as number })).toEqual([
      { where: "keep", text: expect.stringMatching(/is none: .* from 1, the current one alone, to 100/) },
    ]);
  });
});

describe("where a secret's content comes from", () => {
  test.each<Parameters<typeof checkSource>[0]>([
    { data: "x" },
    { data: "x", adopt: true },
    { generate: {} },
    { generate: {}, rotate: "1", rotateEvery: "30d" },
  ])("may be %p", (source) => {
    expect(checkSource(source)).toEqual([]);
  });

  test.each<[Parameters<typeof checkSource>[0], string[]]>([
    [{}, ["data"]],
    [{ data: "hush", generate: {} }, ["generate"]],
    [{ data: "hush", rotate: "1", rotateEvery: "30d" }, ["rotate", "rotateEvery"]],
    [{ generate: {}, adopt: true }, ["adopt"]],
  ])("may not be %p", (source, places) => {
    const problems = checkSource(source);
    expect(problems.map(({ where }) => where)).toEqual(places);
    expect(JSON.stringify(problems)).not.toContain("hush");
  });
});

test("placeholders that every engine leaves empty are known", () => {
  const data =
    'a {{.Node.Hostname}} {{ .Node.Platform.OS }} {{.Node.Hostname}} {{.Node.ID}} .Node.Hostname {{env "X"}}';
  expect(emptyPlaceholders(data)).toEqual(["{{.Node.Hostname}}", "{{.Node.Platform}}"]);
});
