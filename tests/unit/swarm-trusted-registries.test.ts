import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { PassThrough } from "node:stream";
import { Session } from "../../foundation/session";
import { whileTrusted } from "../../swarm/stacks/trusted-registries";
import type { RunOptions, RunResult, Transport } from "../../transport/transport";
import { TRAITS } from "./fixtures/machine-traits";

const CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const INPUTS = { registryCertificates: { "[2001:db8::1]:5000": CERTIFICATE } };

let folder: string;
let at: string;
let runs: number;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "trusted-"));
  at = path.join(folder, "certs.d", "[2001:db8::1]:5000");
  runs = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

/** This machine as the manager, with a folder of the test's in the place of its engine's. */
const machine = { node: "manager-1", traits: TRAITS, run } as unknown as Transport;

function run(
  [name, flag, script, ...args]: string[],
  { stdin, onStdout }: RunOptions = {},
): Promise<RunResult> {
  runs++;
  const child = spawn(name, [flag, script.replaceAll("/etc/docker", folder), ...args]);
  child.stdout.on("data", (chunk: Buffer) => onStdout?.(chunk));
  (stdin as PassThrough).pipe(child.stdin);
  return new Promise((resolve) =>
    child.on("close", (code) => resolve({ exitCode: code ?? -1, stdout: "", stderr: "" })),
  );
}

const files = () => readdirSync(at);

test("a certificate is where the engine looks for it while it is asked, and no trace of it afterwards", async () => {
  const context = { session: new Session() };
  const seen = await whileTrusted(machine, INPUTS, context, () =>
    Promise.resolve(files().map((file) => [file, readFileSync(path.join(at, file), "utf8")])),
  );
  expect(seen).toEqual([[expect.stringMatching(/^pulumi-swarm-\d+\.crt$/), CERTIFICATE]]);
  expect(readdirSync(folder)).toEqual([]);
  await expect(whileTrusted(machine, INPUTS, context, () => Promise.reject(new Error("no")))).rejects.toThrow(
    "no",
  );
  expect(readdirSync(folder)).toEqual([]);
});

test("what is asked at once shares it, and the last one takes it away before somebody else begins", async () => {
  const context = { session: new Session() };
  let endFirst = () => {};
  let endSecond = () => {};
  const first = whileTrusted(machine, INPUTS, context, () => new Promise<void>((end) => (endFirst = end)));
  const second = whileTrusted(machine, INPUTS, context, () => {
    endFirst();
    return new Promise<void>((end) => (endSecond = end));
  });
  await first;
  expect(files()).toHaveLength(1);
  endSecond();
  await second;
  expect([existsSync(at), runs]).toEqual([false, 1]);
  const third = whileTrusted(machine, INPUTS, context, () => Promise.resolve(files().length));
  const fourth = third.then(() =>
    whileTrusted(machine, INPUTS, context, () => Promise.resolve(files().length)),
  );
  expect(await Promise.all([third, fourth])).toEqual([1, 1]);
  expect([existsSync(at), runs]).toEqual([false, 3]);
});

test("what a task of the registry's stack has put there is enough, and stays", async () => {
  mkdirSync(at, { recursive: true });
  writeFileSync(path.join(at, "ca.crt"), CERTIFICATE);
  const ask = () => Promise.resolve(files());
  expect(await whileTrusted(machine, INPUTS, { session: new Session() }, ask)).toEqual(["ca.crt"]);
  writeFileSync(path.join(at, "ca.crt"), "another one");
  expect(await whileTrusted(machine, INPUTS, { session: new Session() }, ask)).toHaveLength(2);
  expect(files()).toEqual(["ca.crt"]);
});

test.each<[string, Partial<Transport>, number]>([
  ["the user may not", { run: () => Promise.resolve({ exitCode: 1, stdout: "", stderr: "denied" }) }, 0],
  ["the machine is not there", { run: () => Promise.reject(new Error("gone")) }, 0],
  ["commands run elsewhere", { traits: { ...TRAITS, runsElsewhere: true }, run }, 0],
])("the engine is asked all the same where %s", async (_why, transport, times) => {
  const given = { ...machine, ...transport };
  const before = timers();
  expect(await whileTrusted(given, INPUTS, { session: new Session() }, () => Promise.resolve("asked"))).toBe(
    "asked",
  );
  expect([runs, readdirSync(folder), timers()]).toEqual([times, [], before]);
});

/** They would keep the process from ending. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
}

test("nothing is run for registries without a certificate", async () => {
  expect(await whileTrusted(machine, {}, { session: new Session() }, () => Promise.resolve("asked"))).toBe(
    "asked",
  );
  expect(runs).toBe(0);
});
