import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import * as language from "@pulumi/pulumi/proto/language_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { waitFor } from "../../foundation/wait";
import { installLanguageHost } from "../../tools/setup/language-host";
import { fakeEngine, type FakeEngine } from "./fake-engine";
import { HostProcess, TinyProgram } from "./host-process";

jest.setTimeout(30_000);

const folder = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-host-"));
const file = path.join(folder, "pulumi-language-nodejs");
let engine: FakeEngine;
let host: HostProcess;
let program: TinyProgram | undefined;

beforeAll(async () => {
  installLanguageHost(file);
  engine = await fakeEngine();
});

afterAll(() => {
  engine.close();
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  engine.logged.length = 0;
  host = await HostProcess.start(file, engine.address);
});

afterEach(async () => {
  await host.stop("SIGKILL");
  program?.remove();
});

const WAITS_FOREVER = `console.log("pid " + process.pid); setInterval(() => {}, 1000);`;

test("answers the handshake and says which version it is", async () => {
  const { client } = host;
  const hello = new language.LanguageHandshakeRequest().setEngineAddress(engine.address);
  await promisify<language.LanguageHandshakeRequest, unknown>(client.handshake.bind(client))(hello);
  const info = await promisify<Empty, { getVersion(): string }>(client.getPluginInfo.bind(client))(
    new Empty(),
  );
  expect(info.getVersion()).toMatch(/^\d+\.\d+\.\d+$/);
});

test("runs a JavaScript program with its configuration and passes on what it prints", async () => {
  program = new TinyProgram(
    "program.js",
    `const pulumi = require("@pulumi/pulumi");
     const config = new pulumi.Config();
     console.log(pulumi.getProject(), pulumi.getStack(), config.require("greeting"));
     console.log("secret:", process.env.PULUMI_CONFIG_SECRET_KEYS);`,
  );
  const response = await host.run(program.request(engine.address));
  expect({ error: response.getError(), bail: response.getBail() }).toEqual({ error: "", bail: false });
  expect(host.output).toContain("tiny test good morning");
  expect(host.output).toContain('secret: ["tiny:greeting"]');
});

test("runs a TypeScript program where Pulumi.yaml does not say otherwise", async () => {
  program = new TinyProgram("index.ts", `const answer: number = 42; console.log("typed", answer);`);
  const response = await host.run(program.request(engine.address, {}));
  expect(response.getError()).toBe("");
  expect(host.output).toContain("typed 42");
});

test("reports an error that the program has shown itself as shown", async () => {
  program = new TinyProgram("program.js", `throw new Error("the pool is too small");`);
  const response = await host.run(program.request(engine.address));
  expect({ error: response.getError(), bail: response.getBail() }).toEqual({ error: "", bail: true });
  expect(engine.logged.join("\n")).toContain("the pool is too small");
});

test("reports any other exit code as the error", async () => {
  program = new TinyProgram("program.js", `process.exit(7);`);
  const response = await host.run(program.request(engine.address));
  expect(response.getBail()).toBe(false);
  expect(response.getError()).toContain("exit code 7");
});

test("names the folder and the remedy where the program has no SDK", async () => {
  program = new TinyProgram("program.js", "");
  rmSync(path.join(program.folder, "node_modules"), { recursive: true });
  await expect(host.run(program.request(engine.address))).rejects.toThrow(
    new RegExp(`${program.folder}: run .npm install.`),
  );
});

test("lists the program's dependencies with the versions that are installed", async () => {
  program = new TinyProgram("program.js", "");
  const { client } = host;
  const list = promisify<language.GetProgramDependenciesRequest, language.GetProgramDependenciesResponse>(
    client.getProgramDependencies.bind(client),
  );
  const answer = await list(new language.GetProgramDependenciesRequest().setInfo(program.info()));
  const found = answer
    .getDependenciesList()
    .map((dependency) => [dependency.getName(), dependency.getVersion()]);
  expect(found).toEqual([
    ["@pulumi/pulumi", expect.stringMatching(/^\d/)],
    ["absent", "^1.2.3"],
  ]);
});

test("ends the program on Cancel", async () => {
  program = new TinyProgram("program.js", WAITS_FOREVER);
  const running = host.run(program.request(engine.address));
  await host.prints("pid ");
  await promisify<Empty, Empty>(host.client.cancel.bind(host.client))(new Empty());
  expect((await running).getError()).toContain("SIGKILL");
});

test.each<[string, () => void]>([
  ["gets SIGTERM", () => host.child.kill("SIGTERM")],
  ["is killed with SIGKILL", () => host.child.kill("SIGKILL")],
  ["loses its engine", () => host.child.stdin?.end()],
])("leaves no program behind when it %s", async (_name, end) => {
  program = new TinyProgram("program.js", WAITS_FOREVER);
  host.run(program.request(engine.address)).catch(() => "the host is gone, as it should be");
  await host.prints("pid ");
  const pid = Number(/pid (\d+)/.exec(host.output)?.[1]);
  end();
  await waitFor(
    { name: "the program has ended", on: `process ${pid}`, intervalMs: 20, timeoutMs: 5000 },
    async () => (isAlive(pid) ? { pending: "it runs" } : { done: undefined }),
  );
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
