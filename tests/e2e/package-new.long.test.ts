import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { diagnostics } from "./fixtures/reading";
import { InstalledProject, packed } from "./harness/installed-project";
import { leftovers, NOTHING } from "./harness/leftovers";
import { expectSuccess, run } from "./harness/run";
import { Workspace } from "./harness/workspace";

jest.setTimeout(300_000);

/** `pulumi-swarm new` of somebody who has the tarball alone. */
let project: InstalledProject;
let other: Workspace;
let shop: string;

beforeAll(async () => {
  other = await Workspace.create();
  shop = path.join(other.folder, "pulumi-swarm");
  project = new InstalledProject(path.join(other.folder, "mine"));
  await project.install(await packed(other.folder));
});
afterAll(async () => {
  await other?.tryDestroy("--cwd", shop);
  await other?.remove();
});

test("makes a project that comes up at once", async () => {
  const made = expectSuccess(await other.installedSwarm(project.folder, "new", "local", shop));
  expect(made.stdout).toMatch(/^ +pulumi up$/m);
  expect(readdirSync(shop)).toEqual(
    expect.arrayContaining([
      ".gitignore",
      "Pulumi.yaml",
      "README.md",
      "index.ts",
      "package.json",
      "tsconfig.json",
    ]),
  );
  expect(readFileSync(path.join(shop, "Pulumi.yaml"), "utf8")).not.toContain("template");
  expect(readFileSync(path.join(shop, "README.md"), "utf8").split("\n").length).toBeLessThan(25);
  const tsc = path.join(shop, "node_modules", ".bin", "tsc");
  expect(expectSuccess(await run(tsc, ["--noEmit"], { cwd: shop })).stdout).toBe("");

  await other.up("--cwd", shop);
  const status = expectSuccess(await other.installedSwarm(shop, "status", "--stack", other.stack, "--json"));
  expect(JSON.parse(status.stdout)).toMatchObject({
    cluster: `pulumi-swarm-${other.stack}`,
    quorum: { managers: 3, margin: 1 },
    services: [{ name: "hello_hello", running: 2, desired: 2 }],
    drift: [],
  });
  await other.destroy("--cwd", shop);
  expect(await leftovers(`pulumi-swarm-${other.stack}`)).toEqual(NOTHING);
});

test("overwrites nothing", async () => {
  const again = await other.installedSwarm(project.folder, "new", "ssh", shop);
  expect(again).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/pulumi-swarm has .*index\.ts.* already; nothing was written/),
  });
  expect(readdirSync(shop)).not.toContain("hosts.yml");
});

test("for machines over SSH it asks for them alone", async () => {
  const ssh = path.join(other.folder, "ssh");
  mkdirSync(ssh);
  writeFileSync(path.join(ssh, "package.json"), '{ "name": "mine", "version": "1.0.0", "main": "x.js" }');
  expectSuccess(await other.installedSwarm(project.folder, "new", "ssh", ssh, "--name", "pulumi-swarm"));
  // Pulumi's own way to it, before anything is installed.
  const generated = path.join(other.folder, "generated");
  mkdirSync(generated);
  const template = path.join(shop, "node_modules", "pulumi-swarm", "templates", "ssh");
  const options = ["--dir", generated, "--generate-only", "--name", "another", "--yes"];
  expectSuccess(await other.pulumi(["new", template, ...options]));
  expect(readdirSync(generated)).toEqual(expect.arrayContaining(["hosts.yml", "provider"]));

  const manifest = readFileSync(path.join(ssh, "package.json"), "utf8");
  expect(JSON.parse(manifest)).toMatchObject({ name: "mine", version: "1.0.0", main: "index.ts" });
  const preview = await other.tryPreview("--cwd", ssh);
  expect(preview.code).not.toBe(0);
  expect(diagnostics(preview)).toMatch(
    /hosts\[4\]\.hostKey: no host key is given, and .*known_hosts has none/,
  );
});
