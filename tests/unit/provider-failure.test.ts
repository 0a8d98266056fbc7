import * as grpc from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { redact } from "../../foundation/redact";
import { grpcFailure, textsOf } from "../../provider/rpc/failure";
import { PartialFailure } from "../../provider/handler";
import { decode } from "../../provider/rpc/wire";

const NONE = new Set<string>();
const quotable = (text: string) => redact(text, ["s3cret-value"]);

describe("redact", () => {
  test.each<[string, string, string[], string]>([
    ["every place", "token abc-123 and abc-123", ["abc-123"], "token [secret] and [secret]"],
    ["a secret that begins another one", "abc-123-456", ["abc-123", "abc-123-456"], "[secret]"],
    ["a secret printed without its line end", 'key "abc-123"', ["abc-123\n"], 'key "[secret]"'],
    [
      "a secret quoted as JSON",
      '{"key":"line 1\\nline \\"2\\""}',
      ['line 1\nline "2"'],
      '{"key":"[secret]"}',
    ],
    ["signs that mean something in a pattern", "a.*(b$& x", ["a.*(b$&"], "[secret] x"],
    ["no text too short to be told from others", "tcp port", ["tcp"], "tcp port"],
  ])("%s", (_what, message, secrets, expected) => {
    expect(redact(message, secrets)).toBe(expected);
  });
});

test("textsOf finds every text inside of the secret properties, and in no other", () => {
  const values = { token: "t", managers: [{ key: "k", port: 22 }], name: "n", none: undefined };
  expect(textsOf(values, new Set(["token", "managers", "none", "absent"]))).toEqual(["t", "k"]);
});

test("an error travels as its message alone, without the secret and without a stack", () => {
  const failure = grpcFailure(new Error("no entry with s3cret-value"), quotable, NONE);
  expect(failure).toMatchObject({
    code: grpc.status.UNKNOWN,
    message: "no entry with [secret]",
    details: "no entry with [secret]",
  });
  expect(JSON.stringify(failure)).not.toContain("provider-failure.test");
  expect(failure.metadata.get("grpc-status-details-bin")).toEqual([]);
});

test("what is thrown and is no error still has a message", () => {
  expect(grpcFailure("just text", quotable, NONE).message).toBe("just text");
});

test("a partial failure carries the ID, the state with its secrets wrapped, and the redacted reason", () => {
  const error = new PartialFailure(
    "node-id",
    { name: "n1", joinToken: "s3cret-value" },
    new Error("refused s3cret-value"),
  );
  const { metadata } = grpcFailure(error, (text) => text, new Set(["joinToken"]));

  const [bytes] = metadata.get("grpc-status-details-bin");
  const status = Status.deserializeBinary(bytes as Buffer);
  expect(status.getMessage()).toBe("refused [secret]");
  const [any] = status.getDetailsList();
  expect(any.getTypeName()).toBe("pulumirpc.ErrorResourceInitFailed");
  const detail = ErrorResourceInitFailed.deserializeBinary(any.getValue_asU8());
  expect(detail.getId()).toBe("node-id");
  expect(detail.getReasonsList()).toEqual(["refused [secret]"]);
  const state = decode(detail.getProperties());
  expect(state.values).toEqual({ name: "n1", joinToken: "s3cret-value" });
  expect([...state.secrets]).toEqual(["joinToken"]);
});
