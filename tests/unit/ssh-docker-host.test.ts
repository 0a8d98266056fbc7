import * as pulumi from "@pulumi/pulumi";
import { dockerHostOverSsh } from "../../platforms/ssh/connection-to";

const host = { name: "a", address: "192.0.2.7" };

test.each([
  [host, "ssh://root@192.0.2.7"],
  [{ ...host, user: "admin", port: 2222 }, "ssh://admin@192.0.2.7:2222"],
  [{ ...host, user: pulumi.output("ops@corp") }, "ssh://ops%40corp@192.0.2.7"],
  [{ ...host, address: pulumi.output("2001:db8::7"), port: 22 }, "ssh://root@[2001:db8::7]:22"],
])("%j is reached by docker's own CLI at %s", async (one, expected) => {
  const found = dockerHostOverSsh(one) as pulumi.Output<string> & { promise(): Promise<string> };
  expect(await found.promise()).toBe(expected);
});

test("a user who has to become root is not reached by docker's own CLI, which knows no sudo", () => {
  expect(dockerHostOverSsh({ ...host, user: "admin", sudo: true })).toBeUndefined();
});
