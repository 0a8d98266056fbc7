import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { decode, encode } from "../../provider/rpc/wire";
import { hasUnknown, UNKNOWN, type Properties } from "../../provider/values";

/** Pulumi's wire protocol: sdk/nodejs/runtime/rpc.ts. */
const SECRET = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

function wire(values: Properties): Struct {
  return Struct.fromJavaScript(values as Parameters<typeof Struct.fromJavaScript>[0]);
}

const NONE = new Set<string>();

describe("decode", () => {
  test("plain values arrive as they are, and none is secret", () => {
    const values = { name: "a", count: 2, on: false, list: ["x", 1], nested: { deep: { text: "" } } };
    expect(decode(wire(values))).toEqual({ values, secrets: NONE, secretTexts: NONE });
  });

  test.each<[string, unknown, unknown]>([
    ["at the top", SECRET("s3cret"), "s3cret"],
    ["in a list", ["a", SECRET("s3cret")], ["a", "s3cret"]],
    ["in an object", { key: SECRET("s3cret") }, { key: "s3cret" }],
    ["in another secret", SECRET({ key: SECRET("s3cret") }), { key: "s3cret" }],
  ])("a secret %s is unwrapped, and its property is remembered as secret", (_where, sent, plain) => {
    const decoded = decode(wire({ token: sent, name: "a" }));
    expect(decoded.values).toEqual({ token: plain, name: "a" });
    expect([...decoded.secrets]).toEqual(["token"]);
  });

  test("what is not known yet becomes UNKNOWN, inside of a secret too", () => {
    const { values, secrets } = decode(
      wire({ id: UNKNOWN_TEXT, list: [UNKNOWN_TEXT], token: SECRET(UNKNOWN_TEXT) }),
    );
    expect(values).toEqual({ id: UNKNOWN, list: [UNKNOWN], token: UNKNOWN });
    expect([...secrets]).toEqual(["token"]);
  });

  test("null is a value that was left out", () => {
    expect(decode(wire({ a: null })).values.a).toBeUndefined();
  });

  test("no struct at all is no properties", () => {
    expect(decode(undefined)).toEqual({ values: {}, secrets: NONE, secretTexts: NONE });
  });
});

describe("encode", () => {
  test("secret properties leave wrapped, and only those", () => {
    const struct = encode({ token: "s3cret", name: "a" }, new Set(["token"])).toJavaScript();
    expect(struct).toEqual({ token: SECRET("s3cret"), name: "a" });
  });

  test("undefined properties are left out at every depth; a gap in a list stays a gap", () => {
    const struct = encode(
      { a: undefined, b: { c: undefined, d: 1 }, e: [1, undefined, 3] },
      NONE,
    ).toJavaScript();
    expect(struct).toEqual({ b: { d: 1 }, e: [1, null, 3] });
  });

  test("UNKNOWN leaves as Pulumi's magic text", () => {
    expect(encode({ id: UNKNOWN, list: [{ id: UNKNOWN }] }, NONE).toJavaScript()).toEqual({
      id: UNKNOWN_TEXT,
      list: [{ id: UNKNOWN_TEXT }],
    });
  });

  test("encode and decode are inverse", () => {
    const values = { token: { a: ["x"] }, id: UNKNOWN, nested: { n: 1, flag: true }, empty: {}, list: [] };
    const secrets = new Set(["token"]);
    expect(decode(encode(values, secrets))).toEqual({ values, secrets, secretTexts: new Set(["x"]) });
  });
});

test.each<[boolean, unknown]>([
  [true, UNKNOWN],
  [true, [1, [UNKNOWN]]],
  [true, { a: { b: UNKNOWN } }],
  [false, { a: [1, null, undefined, "text"] }],
  [false, undefined],
])("hasUnknown is %s of %p", (expected, value) => {
  expect(hasUnknown(value)).toBe(expected);
});
