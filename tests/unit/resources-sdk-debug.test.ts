import * as pulumi from "@pulumi/pulumi";
import { withoutAnswer } from "../../resources/sdk-debug";

test("the answer of the engine is cut off, with all that is secret in it", () => {
  const line =
    "RegisterResource RPC finished: resource:dev[swarm:index:Swarm]; err: null, resp: urn:x,1b47061264138c4ac30d75fd1eb44270,value,,,SWMTKN-1-a\nb";
  expect(withoutAnswer(line)).toBe(
    "RegisterResource RPC finished: resource:dev[swarm:index:Swarm]; err: null",
  );
});

test("other lines stay as they are", () => {
  const line = "Registering resource: t=swarm:index:Swarm, name=dev, resp: 1";
  expect(withoutAnswer(line)).toBe(line);
});

test("a program that only imports the library keeps the SDK's log and its stack traces as they are", () => {
  const prepared = () => "mapped";
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = prepared;
  const { debug } = pulumi.log;
  try {
    const { LocalPlatform, SwarmCluster } =
      jest.requireActual<typeof import("../../library")>("../../library");
    new LocalPlatform();
    expect([pulumi.log.debug, Error.prepareStackTrace]).toEqual([debug, prepared]);

    void pulumi.runtime.setMocks({
      call: () => ({}),
      newResource: ({ name, inputs }) => ({ id: name, state: inputs as object }),
    });
    // A component that fails in its first line is one that was constructed.
    expect(() => new SwarmCluster("dev", undefined as never)).toThrow();
    expect(pulumi.log.debug).not.toBe(debug);
    expect(Error.prepareStackTrace).not.toBe(prepared);
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
});
