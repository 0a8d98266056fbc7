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

test("the SDK's own log passes here as soon as a resource of ours is loaded", () => {
  const before = pulumi.log.debug;
  jest.requireActual("../../resources/swarm-resource");
  expect(pulumi.log.debug).not.toBe(before);
});
