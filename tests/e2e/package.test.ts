import { cpSync, readdirSync, readFileSync, renameSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../../tools/setup/paths";
import { diagnostics } from "./fixtures/reading";
import { testInAll } from "./harness/cases";
import { InstalledProject, packed, TEMPLATE, type Tarball } from "./harness/installed-project";
import { expectSuccess, run } from "./harness/run";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

jest.setTimeout(300_000);

const MINIMAL = path.join(projectRoot, "examples", "minimal");
const BELONGS = [
  /^dist\/(library|(cli|components|docker|foundation|hosts|machines|platforms|provider|resources|schema|swarm|testing|tools\/setup|transport|validation)\/.+)\.(js|js\.map|d\.ts)$/,
  /^dist\/schema\/swarm\.json$/,
  /^dist\/tools\/pulumi-language-nodejs$/,
  /^tools\/pulumi-cli\/go\.(mod|sum)$/,
  /^hosts\/(scripts\/[a-z-]+\.sh|preflight\/agent\.(pl|py))$/,
  /^provider\/pulumi-resource-swarm$/,
  /^machines\/local\/node-image\/.+$/,
  /^validation\/compose-schema\/(v3\.\d+\.json|README\.md)$/,
  /^docs\/[a-z-]+\.(md|png)$/,
  /^templates\/(local|ssh)\/.+$/,
  /^(CHANGELOG\.md|README\.md|LICENSE|package\.json)$/,
];
/** Declarations are checked once, with the template's own settings. */
const QUICK = { skipLibCheck: true };
const SIZE_LIMIT = 1_500_000;

let workspace: Workspace;
let tarball: Tarball;
let project: InstalledProject;
let program: string[];

beforeAll(async () => {
  workspace = await Workspace.create();
  tarball = await packed(workspace.folder);
  project = new InstalledProject(path.join(workspace.folder, "mine"));
  await project.install(tarball);
  program = ["--cwd", project.folder];
  cpSync(path.join(MINIMAL, "image"), path.join(project.folder, "image"), { recursive: true });
  project.write("hello.yml", renamed(readFileSync(path.join(MINIMAL, "hello.yml"), "utf8")));
  project.write("index.ts", renamed(readFileSync(path.join(MINIMAL, "index.ts"), "utf8")));
});
afterAll(async () => {
  await workspace?.tryDestroy(...program);
  await workspace?.remove();
});

/** The example's cluster and image have names of their own here. */
function renamed(text: string): string {
  return text.replace('"minimal"', `"${workspace.cluster}"`).replace(/pulumi-swarm-minimal:1/, imageTag());
}

function imageTag(): string {
  return `pulumi-swarm-minimal:${workspace.cluster}`;
}

test("the package holds what a user needs and nothing else", () => {
  const names = tarball.files.map(({ path: name }) => name);
  expect(names.filter((name) => !BELONGS.some((pattern) => pattern.test(name)))).toEqual([]);
  expect(names).toEqual(
    expect.arrayContaining([
      "dist/library.js",
      "dist/library.d.ts",
      "dist/library.js.map",
      "dist/schema/swarm.json",
      "dist/provider/rpc/main.js",
      "hosts/scripts/engine.sh",
      "machines/local/node-image/node.Dockerfile",
    ]),
  );
  // What runs on machines is not compiled, and no import names it.
  const uncompiled = ["hosts", "provider"].flatMap((folder) =>
    readdirSync(path.join(projectRoot, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith(".ts"))
      .map((entry) => path.relative(projectRoot, path.join(entry.parentPath, entry.name))),
  );
  expect(names).toEqual(expect.arrayContaining(uncompiled));
  const provider = tarball.files.find(({ path: name }) => name === "provider/pulumi-resource-swarm");
  expect((provider?.mode ?? 0) & 0o111).toBe(0o111);
  expect(tarball.size).toBeLessThan(SIZE_LIMIT);
  const map = JSON.parse(project.read("node_modules/pulumi-swarm/dist/library.js.map")) as {
    sourcesContent: string[];
  };
  expect(map.sourcesContent[0]).toContain("SwarmCluster");
});

test("Pulumi reads from the provider what the package is, and finds nothing wrong with it", async () => {
  const provider = path.join(project.folder, "node_modules/pulumi-swarm/provider/pulumi-resource-swarm");
  const { stdout } = expectSuccess(await workspace.pulumi(["package", "get-schema", provider]));
  project.write("swarm.json", stdout);
  expect(Object.keys((JSON.parse(stdout) as { resources: object }).resources)).toContain("swarm:index:Swarm");
  expectSuccess(await workspace.pulumi(["schema", "check", path.join(project.folder, "swarm.json")]));
});

test("types resolve with the template's settings, with node16 and with bundler resolution", async () => {
  const settings = [
    {},
    { module: "node16", moduleResolution: "node16", ...QUICK },
    { module: "esnext", moduleResolution: "bundler", ...QUICK },
  ];
  for (const setting of settings) {
    project.configure(setting);
    const { stdout } = await project.compile("--noEmit");
    expect({ setting, stdout }).toEqual({ setting, stdout: "" });
  }
  project.configure({});
  const application = readFileSync(path.join(projectRoot, "examples", "application", "index.ts"), "utf8");
  project.write("application.ts", application);
  project.write("wrong.ts", 'import { SwarmCluster } from "pulumi-swarm";\nnew SwarmCluster(1);\n');
  const { stdout } = await project.compile(
    "--noEmit",
    ...flags({ ...TEMPLATE.compilerOptions, ...QUICK }),
    "wrong.ts",
    "application.ts",
  );
  expect(stdout).not.toContain("application.ts");
  expect(stdout).toMatch(/wrong\.ts\(2,\d+\): error TS\d+/);
});

function flags(options: Record<string, string | boolean>): string[] {
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

test("pulumi up runs the smallest example, as TypeScript", async () => {
  const { changes } = await workspace.up(...program);
  expect(changes).toMatchObject({ "SwarmNode app-1": "create", "SwarmStack hello": "create" });
  const witness = new Witness(workspace.cluster);
  expect(await witness.nodeIds()).toHaveLength(2);
  await witness.untilReplicas("hello_hello", "2/2");
});

testInAll("pulumi-swarm looks at the cluster of a project that has installed it", async () => {
  const swarm = (...args: string[]) => workspace.installedSwarm(project.folder, ...args);
  const named = ["--stack", workspace.stack];
  const { stdout } = expectSuccess(await swarm("status", ...named, "--json"));
  expect(JSON.parse(stdout)).toMatchObject({
    cluster: workspace.cluster,
    nodes: [{ name: "manager-1" }, { name: "app-1" }],
    services: [{ name: "hello_hello", running: 2, desired: 2 }],
    drift: [],
  });
  const list = expectSuccess(await swarm(...named, "docker", "node", "ls", "--format", "{{.Hostname}}"));
  expect(list.stdout.split("\n").filter(Boolean).sort()).toEqual(["app-1", "manager-1"]);
  // What it finds depends on the kernel; remedies name what works in this folder.
  expect((await swarm("doctor", ...named)).stdout).toMatch(
    /services +all 1 as wanted\n[^]*npx pulumi-swarm unlock\n/,
  );

  expect(await swarm("status", ...named, "--cluster", "blue")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`has no cluster blue. It has: ${workspace.cluster}.`),
  });
  // Nothing is selected here.
  expect(await swarm("status")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /The state of the selected stack .*--stack NAME.*Make the cluster first: pulumi up\n/s,
    ),
  });
  expect((await swarm("stauts")).stderr).toMatch(
    /unknown command 'stauts'.*What there is: npx pulumi-swarm --help/s,
  );
  const file = path.join(project.folder, "node_modules", ".bin", "pulumi-swarm");
  expect(await run(file, ["status"], { cwd: workspace.folder })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/There is no Pulumi\.yaml in .* or above it/),
  });
  const setup = expectSuccess(await swarm("setup"));
  expect(setup.stderr).toMatch(/✓ Pulumi CLI .*\n✓ Language host .*\n✓ Docker Engine /);
});

test("the same program, compiled as an ES module, finds nothing to change", async () => {
  project.write(
    "package.json",
    JSON.stringify({ ...JSON.parse(project.read("package.json")), type: "module", main: "bin/index.js" }),
  );
  project.configure({ module: "node16", moduleResolution: "node16", target: "es2022", ...QUICK });
  expectSuccess(await project.compile());
  expect(project.read("bin/index.js")).toMatch(/^import .* from "pulumi-swarm";$/m);
  renameSync(path.join(project.folder, "index.ts"), path.join(project.folder, "index.txt"));
  expect(await workspace.preview(...program, "--expect-no-changes")).toEqual({});
});

test("what a project lacks is named with what to add", async () => {
  project.write("package.json", JSON.stringify({ name: "mine", main: "index.js" }));
  project.write(
    "index.js",
    `const { LocalPlatform, SwarmCluster } = require("pulumi-swarm");
    const afterJoin = [{ name: "mark", create: "true" }];
    new SwarmCluster("${workspace.cluster}", { platform: new LocalPlatform(), managers: { count: 1, afterJoin } });`,
  );
  project.forgetProvider();
  const preview = await workspace.tryPreview(...program);
  expect(preview.code).not.toBe(0);
  const text = diagnostics(preview);
  expect(text).toMatch(
    /^( +)plugins:\n\1 {2}providers:\n\1 {4}- name: swarm\n\1 {6}path: node_modules\/pulumi-swarm\/provider$/m,
  );
  expect(text).toContain("npm install @pulumi/command@1.2.1");
  expect(text.match(/nothing was created or changed/g)).toHaveLength(1);
});
