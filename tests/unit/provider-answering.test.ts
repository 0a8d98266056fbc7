import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import type { Shape } from "../../schema/package-schema";
import type { EngineLog } from "../../provider/rpc/engine-log";
import { PartialFailure } from "../../provider/handler";
import type { Context } from "../../foundation/context";
import { Operations, type AnyHandler } from "../../provider/rpc/operations";
import { providerService } from "../../provider/rpc/provider-service";
import { Session, type InSession } from "../../foundation/session";

const shape: Shape = {
  inputs: { name: { type: "string", description: "" }, data: { type: "string", description: "" } },
  required: ["name"],
  changes: { name: "replace", data: "update" },
  outputs: ["token"],
  secrets: ["token"],
};
const handler: AnyHandler = {
  create: jest.fn(),
  read: jest.fn(),
  update: jest.fn(),
  delete: jest.fn(),
};
jest.mock("../../provider/rpc/registry", () => ({
  operationsOf: (_urn: string, within: InSession) => new Operations(handler, shape, within),
}));

const URN = "urn:pulumi:test::project::swarm:index:Thing::the-name";
const SIGNATURE = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const INPUTS = Struct.fromJavaScript({
  name: "the-name",
  data: { ...SIGNATURE, value: "s3cret-data" },
} as Record<string, JavaScriptValue>);

/** Everything that the display was told. */
let shown: string[];
let onProgress: () => void;
const log = {
  progress: (_urn: string, text: string) => {
    shown.push(text);
    onProgress();
  },
  info: (_urn: string, text: string) => shown.push(text),
  warn: (_urn: string, text: string) => shown.push(text),
} as unknown as EngineLog;

function call<A>(method: string, request: unknown): Promise<A> {
  type Method = (call: { request: unknown }, done: (error: Error | null, answer: A) => void) => void;
  const service = providerService("1.0.0", log, new Session()) as unknown as Record<string, Method>;
  return new Promise((resolve, reject) =>
    service[method]({ request }, (error, answer) => (error ? reject(error) : resolve(answer))),
  );
}

function createRequest(): pb.CreateRequest {
  const request = new pb.CreateRequest();
  request.setUrn(URN);
  request.setProperties(INPUTS);
  return request;
}

beforeEach(() => void (shown = []));

test("progress, notes and warnings lose the secrets of their resource", async () => {
  handler.create = async (_inputs: unknown, context: Context) => {
    context.info("read s3cret-data");
    context.warn("kept s3cret-data");
    context.progress("writing s3cret-data");
    await new Promise<void>((resolve) => (onProgress = resolve));
    return { id: "id", outputs: {} };
  };
  await call("create", createRequest());
  expect(shown).toEqual(["read [secret]", "kept [secret]", "writing [secret]"]);
});

test("a failed check loses them as well", async () => {
  handler.check = ({ data }) => [{ where: "data", text: `${String(data)} is no key.` }];
  const request = new pb.CheckRequest();
  request.setUrn(URN);
  request.setNews(INPUTS);
  const answer = await call<pb.CheckResponse>("check", request);
  expect(answer.getFailuresList().map((failure) => failure.getReason())).toEqual([
    "data: [secret] is no key.",
  ]);
  delete handler.check;
});

test("an error loses them, and what was made half-way loses its own", async () => {
  handler.create = () =>
    Promise.reject(new PartialFailure("id", { token: "t0ken-made" }, new Error("s3cret-data, t0ken-made")));
  await expect(call("create", createRequest())).rejects.toMatchObject({ message: "[secret], [secret]" });
});
