import { readFileSync } from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../tools/setup/paths";

// The whole index of the SDK is loaded, the TypeScript compiler with it: seconds where the machine is busy.
jest.setTimeout(60_000);

test("what stands in for @npmcli/arborist says so where it is needed, and is what the lock file has", async () => {
  const pulumi = await import("@pulumi/pulumi");
  await expect(pulumi.runtime.computeCodePaths()).rejects.toThrow(
    /@npmcli\/arborist is left out of this checkout\. Take it out of `overrides`/,
  );
  const lock = readFileSync(path.join(projectRoot, "package-lock.json"), "utf8");
  const places = [...lock.matchAll(/"resolved": "([^"]*)"/g)].map(([, place]) => place);
  expect(places).toEqual(["tools/no-arborist"]);
});
