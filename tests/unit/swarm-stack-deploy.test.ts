import { preparedFiles } from "../../swarm/stacks/stack-files";
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { SwarmStackInputs } from "../../schema/stack";
import { mergedCompose, removeStack, withOurObjects } from "../../swarm/stacks/stack-deploy";
import type { RunResult, Transport } from "../../transport/transport";
import type { Context } from "../../foundation/context";
import { Session } from "../../foundation/session";
import { waitFor } from "../../foundation/wait";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), "stack-deploy-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const INPUTS = {
  composeFiles: [{ name: "a.yml", content: "services: {}" }],
  environment: { TAG: "it's 1.2" },
} as unknown as SwarmStackInputs;

const CONTEXT: Context = {
  ...{ session: new Session(), signal: new AbortController().signal },
  ...{ progress: () => undefined, info: () => undefined, warn: () => undefined },
};

/** This machine as the manager, with a docker of the test's own; what runs is a process group. */
function machine(docker: string): { transport: Transport; started(): ChildProcess } {
  writeFileSync(path.join(folder, "docker"), `#!/bin/sh\n${docker}\n`, { mode: 0o755 });
  let child: ChildProcess | undefined;
  const run = ([name, ...args]: string[], { stdin }: { stdin?: unknown } = {}): Promise<RunResult> => {
    const env = { PATH: `${folder}:${process.env.PATH}`, TMPDIR: folder, OUT: path.join(folder, "out") };
    const started = spawn(name, args, { env, detached: true, stdio: ["pipe", "pipe", "ignore"] });
    child = started;
    let stdout = "";
    started.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
    started.stdin.end(stdin as Buffer);
    return new Promise((resolve) =>
      started.on("close", (code) => resolve({ exitCode: code ?? -1, stdout, stderr: "" })),
    );
  };
  return {
    transport: { node: "manager-1", run } as unknown as Transport,
    started: () => child as ChildProcess,
  };
}

test("the files lie in a folder of their own, with the variables, and it goes with the command", async () => {
  const { transport } = machine('echo "x-seen: [\\"$TAG\\", $(ls | tr "\\n" ,) $*]"; pwd > "$OUT"');
  const merged = await mergedCompose(transport, INPUTS, preparedFiles(INPUTS), CONTEXT);
  expect(merged).toEqual({
    "x-seen": ["it's 1.2", "0.yml", "variables", "stack config --compose-file 0.yml"],
  });
  expect(existsSync(readFileSync(path.join(folder, "out"), "utf8").trim())).toBe(false);
});

test.each(["SIGHUP", "SIGINT", "SIGTERM"] as const)("the folder goes on %s as well", async (signal) => {
  const { transport, started } = machine('pwd > "$OUT.part"; mv "$OUT.part" "$OUT"; exec sleep 60');
  const merging = mergedCompose(transport, INPUTS, preparedFiles(INPUTS), CONTEXT);
  const ended = expect(merging).rejects.toThrow(/docker stack config/);
  const out = path.join(folder, "out");
  await waitFor(
    {
      ...{ name: "its docker runs", on: "the merge", intervalMs: 20, timeoutMs: 20_000 },
      ...{ remedy: "", signal: new AbortController().signal },
    },
    async () => (existsSync(out) ? { done: undefined } : { pending: "not yet" }),
  );
  const made = readFileSync(out, "utf8").trim();
  expect(existsSync(path.join(made, "variables"))).toBe(true);
  process.kill(-(started().pid as number), signal);
  await ended;
  expect(existsSync(made)).toBe(false);
});

test.each([
  "Failed to remove some resources from stack: shop",
  "failed to remove some resources from stack: shop.",
])("what a removal left is for another attempt, as every version of the CLI says it: %s", async (stderr) => {
  const run = () => Promise.resolve({ exitCode: 1, stdout: "", stderr });
  const transport = { node: "manager-1", run } as unknown as Transport;
  expect(await removeStack(transport, "shop", new AbortController().signal)).toBe(stderr);
});

test("what was merged is no template any more: neither variables nor words of YAML 1.1 change on their way", () => {
  const environment = { PRICE: "5$ each", HOME: "${HOME}", ANSWER: "yes" };
  const merged = { services: { web: { image: "a", environment } } };
  const owner = { project: "p", stack: "s", cluster: "c", id: "1a2b" };
  const text = withOurObjects(merged, { ...INPUTS, owner });
  expect(text).toContain("PRICE: 5$$ each\n");
  expect(text).toContain("HOME: $${HOME}\n");
  expect(text).toContain('ANSWER: "yes"\n');
});
