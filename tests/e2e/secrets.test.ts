import { readFileSync, renameSync, statSync } from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../tools/setup/paths";
import { makeCertificates } from "../certificates";
import { EngineProxy } from "./fixtures/engine-proxy";
import { docker } from "./harness/docker";
import {
  bytesOf,
  CommandLines,
  filesBelow,
  linesOfOurs,
  secretsIn,
  temporaryFiles,
} from "./harness/secret-search";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

const UP_MS = 180_000;
jest.setTimeout(UP_MS);

/** With what shells, JSON and YAML have to quote, and long enough to be found nowhere by chance. */
const FIRST = `first-Ax7!'"$\\-${Date.now()}`;
const SECOND = `second-Bz3!'"$\\-${Date.now()}`;
const THIRD = `third-Cy9!'"$\\-${Date.now()}`;
/** Without those characters, so that a quoted form is found as well. */
const CORES = [`-Ax7!`, `-Bz3!`];

let workspace: Workspace;
let witness: Witness;
let watch: CommandLines;
/** What nobody may read anywhere: the name → the text. */
const secrets: Record<string, string> = {};

beforeAll(async () => {
  workspace = await Workspace.create({
    managers: 1,
    workers: [{ name: "app", count: 1, labels: { storage: "raid", zone: "a" } }],
    demo: true,
    swarm: { autoLockManagers: true },
  });
  witness = new Witness(workspace.cluster);
  watch = new CommandLines();
  await workspace.configureSecret("demoPassword", FIRST);
  await workspace.up("--diff");
  await workspace.configureSecret("demoPassword", SECOND);
  await workspace.tryPreview("--diff");
  await workspace.tryPreview("--json");
  await workspace.tryPreview("--debug");
  await workspace.up("--json");
  await workspace.refresh();
  Object.assign(secrets, {
    passphrase: workspace.passphrase,
    "first value": FIRST,
    "second value": SECOND,
    "third value": THIRD,
    "core of the first value": CORES[0],
    "core of the second value": CORES[1],
    "manager token": await witness.joinToken("manager"),
    "worker token": await witness.joinToken("worker"),
    "unlock key": await witness.docker("swarm", "unlock-key", "--quiet"),
  });
}, UP_MS);
afterAll(async () => {
  watch?.stop();
  await workspace?.remove();
}, UP_MS);

const foundIn = (text: string) => secretsIn(text, secrets);

test("there are secrets to look for, and they would be found", () => {
  expect(secrets["manager token"]).toMatch(/^SWMTKN-1-/);
  expect(secrets["unlock key"]).toMatch(/^SWMKEY-1-/);
  expect(foundIn(`x ${secrets["unlock key"]} y`)).toEqual(["unlock key"]);
  expect(foundIn(Buffer.from(secrets["worker token"]).toString("base64"))).toEqual(["worker token"]);
  expect(watch.seen.size).toBeGreaterThan(20);
});

test("in nothing that the commands printed", () => {
  expect(workspace.printed).toContain("swarm:index:Secret");
  expect(foundIn(workspace.printed)).toEqual([]);
});

test("in no file of the state, its history and backups, nor of the configuration", async () => {
  const files = filesBelow(workspace.folder);
  expect(files.some((file) => file.includes("history"))).toBe(true);
  expect(files.filter((file) => foundIn(readFileSync(file, "latin1")).length > 0)).toEqual([]);
  const { stdout } = await workspace.pulumi(["stack", "export", "--stack", workspace.stack]);
  expect(stdout).toContain("managerToken");
  expect(foundIn(stdout)).toEqual([]);
});

test("in no output of the stack", async () => {
  const plain = await workspace.pulumi(["stack", "output", "--json", "--stack", workspace.stack]);
  expect(plain.stdout).toContain("clusterId");
  expect(foundIn(plain.stdout)).toEqual([]);
  const status = await workspace.swarm("status", "--json");
  expect(status.stdout).toContain("manager-1");
  expect(foundIn(status.stdout + status.stderr)).toEqual([]);
});

test("in no process's command line", () => {
  expect([...watch.seen].filter((line) => foundIn(line).length > 0)).toEqual([]);
  expect([...watch.seen].join("\n")).toContain("stack\0deploy");
});

test("in no description of containers, services, networks, secrets, configs and images", async () => {
  const containers = await witness.containers();
  const described = [await docker("inspect", ...containers, workspace.cluster)];
  for (const kind of ["secret", "config", "service", "network"]) {
    const ids = (await witness.docker(kind, "ls", "--quiet")).split("\n");
    described.push(await witness.docker(kind, "inspect", ...ids));
  }
  for (const container of containers) {
    const image = await docker("inspect", "--format", "{{.Image}}", container);
    described.push(await docker("history", "--no-trunc", image), await docker("logs", container));
    described.push(
      await docker(
        "exec",
        container,
        "sh",
        "-c",
        "find /tmp /root -xdev -type f -size -1000k -exec cat {} +",
      ),
    );
  }
  expect(described.join()).toContain("pulumi-swarm.digest");
  expect(foundIn(described.join("\n"))).toEqual([]);
});

test("in no file of the project or of the temporary folder that is new", () => {
  const since = statSync(workspace.folder).birthtimeMs;
  const files = [...filesBelow(projectRoot), ...temporaryFiles(since)];
  const fresh = files.filter((file) => (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= since);
  expect(
    fresh.filter((file) => foundIn(bytesOf(file)).length > 0 && !file.endsWith("secrets.test.ts")),
  ).toEqual([]);
});

test("in no error, not even where the engine repeats what it was sent", async () => {
  // Reached over TLS, with a key that is a secret as well; that way is taken where a node has no socket here.
  const sockets = workspace.env.PULUMI_SWARM_SOCKETS!;
  renameSync(sockets, `${sockets}.away`);
  const certificates = makeCertificates(path.join(workspace.folder, "certificates"));
  const proxy = new EngineProxy("", certificates.server);
  proxy.answerInside = (request) => {
    if (!request.includes("POST /secrets/create")) return undefined;
    return { status: 500, message: `it does not like ${THIRD} nor ${request.slice(request.indexOf("{"))}` };
  };
  await proxy.listen();
  await workspace.configureSecret("demoPassword", THIRD);
  const tls = { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: certificates.client };
  Object.assign(workspace.env, tls, { DOCKER_HOST: proxy.address });
  const failed = await workspace.tryUp().finally(() => proxy.close());
  renameSync(`${sockets}.away`, sockets);
  for (const name of ["DOCKER_HOST", ...Object.keys(tls)]) delete workspace.env[name];
  expect(failed.code).not.toBe(0);
  expect(failed.text).toMatch(/create secret .*it does not like \[secret\] nor/);
  expect(foundIn(failed.text)).toEqual([]);
  const key = readFileSync(path.join(certificates.client, "key.pem"), "utf8").split("\n")[1];
  const state = JSON.stringify(await workspace.exported("--show-secrets"));
  expect([failed.text, state].filter((text) => text.includes(key))).toEqual([]);
  await workspace.configureSecret("demoPassword", SECOND);
});

/**
 * With -v=9 the CLI itself prints what goes over its wire, secrets included, for every provider. What is ours (the
 * program, the provider, its log) must not.
 */
test("in no line of ours of the most talkative log", async () => {
  const { text } = await workspace.up("-v=9", "--logtostderr");
  const ours = linesOfOurs(text);
  expect(ours.length).toBeGreaterThan(10);
  expect(ours.filter((line) => foundIn(line).length > 0)).toEqual([]);
});
