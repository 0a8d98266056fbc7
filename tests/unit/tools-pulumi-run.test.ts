import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { recordedCluster } from "../../cli/recorded-cluster";
import { keysOfState } from "../../cli/unlock-keys";

const SECRET = "SWMTKN-s3cret";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), "pulumi-run-"))));
afterEach(() => rmSync(folder, { recursive: true }));

/** An environment whose `pulumi` is this script. */
function withPulumi(script: string): NodeJS.ProcessEnv {
  writeFileSync(path.join(folder, "pulumi"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { PATH: `${folder}:${process.env.PATH}` };
}

const asks: [string, (env: NodeJS.ProcessEnv) => Promise<unknown>][] = [
  ["the cluster", (env) => recordedCluster({ stack: "dev", cwd: folder, env })],
  ["the state", (env) => keysOfState({ stack: "dev", cwd: folder, env }, "c1")],
];

describe.each(asks)("%s with their secrets", (_what, ask) => {
  test.each([
    [
      "a command that fails",
      `echo '"token": "${SECRET}"'; echo "  ${SECRET}" >&2; echo 'error: no disk' >&2; exit 1`,
    ],
    ["a command that is killed", `printf '{"token": "${SECRET}'; kill -9 $$`],
    ["an answer that is cut off", `printf '{"token": "${SECRET}'`],
    ["an answer that is no JSON", `printf '${SECRET}'`],
  ])("no error quotes what was printed: %s", async (_how, script) => {
    const error = await ask(withPulumi(script)).catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(Error);
    const { message, stack, cause } = error as Error;
    expect(`${message}\n${stack}\n${String(cause)}`).not.toContain("s3cret");
    expect(message).toContain("--show-secrets");
    expect(message.includes("error: no disk")).toBe(script.includes("no disk"));
  });
});
