import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { projectFileProblems } from "../../components/project-file";

let folder: string;
/** Nothing is installed. */
let env: NodeJS.ProcessEnv;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "project-file-"));
  env = { HOME: folder, PATH: path.join(folder, "bin") };
});
afterEach(() => rmSync(folder, { recursive: true }));

function provider(at: string): void {
  const file = path.join(folder, at, "pulumi-resource-swarm");
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, "");
  chmodSync(file, 0o755);
}

function project(name: string, text: string): string[] {
  writeFileSync(path.join(folder, name), text);
  return projectFileProblems(folder, env).map(({ where, text: problem }) => `${where}: ${problem}`);
}

const naming = (at: string) => `name: mine\nplugins:\n  providers:\n    - name: swarm\n      path: ${at}\n`;

test.each([
  ["no plugins", "name: swarm\nruntime: nodejs\n"],
  ["no providers", "name: mine\nplugins:\n  languages: []\n"],
  ["other providers", "name: mine\nplugins:\n  providers:\n    - name: command\n      path: x\n"],
])("%s: the lines to add are named, with the path in this project", (_case, text) => {
  provider("node_modules/pulumi-swarm/provider");
  const [problem, ...more] = project("Pulumi.yaml", text);
  expect(more).toEqual([]);
  expect(problem).toContain(`${folder}/Pulumi.yaml does not say where the provider of pulumi-swarm is.`);
  expect(problem).toMatch(/- name: swarm\n +path: node_modules\/pulumi-swarm\/provider\n/);
});

test("outside of node_modules the path of this very package is named", () => {
  const [problem] = project("Pulumi.yaml", "name: mine\n");
  const [, named] = /path: (.*)/.exec(problem) ?? [];
  expect(path.resolve(folder, named)).toBe(path.resolve(__dirname, "../../provider"));
});

test("a path without a provider in it is named", () => {
  provider("node_modules/pulumi-swarm/provider");
  expect(project("Pulumi.yaml", naming("./old/place"))[0]).toMatch(
    /in "\.\/old\/place", where there is no pulumi-resource-swarm/,
  );
});

test.each(["Pulumi.yaml", "Pulumi.yml"])("%s that names the provider is right", (name) => {
  provider("there");
  expect(project(name, naming("./there"))).toEqual([]);
});

test("Pulumi.json is read as well", () => {
  provider("there");
  const plugins = { providers: [{ name: "swarm", path: "there" }] };
  expect(project("Pulumi.json", JSON.stringify({ name: "mine", plugins }))).toEqual([]);
  expect(project("Pulumi.json", JSON.stringify({ name: "mine" }))).toHaveLength(1);
});

test.each([
  ["on PATH", () => provider("bin")],
  ["among the installed plugins", () => provider(".pulumi/plugins/resource-swarm-v0.1.0")],
  [
    "in PULUMI_HOME",
    () => (provider("home/plugins/resource-swarm-v1"), void (env.PULUMI_HOME = `${folder}/home`)),
  ],
  ["running already", () => void (env.PULUMI_DEBUG_PROVIDERS = "aws:1,swarm:1234")],
])("a provider that is %s needs no path", (_case, make) => {
  expect(project("Pulumi.yaml", "name: mine\n")).toHaveLength(1);
  make();
  expect(project("Pulumi.yaml", "name: mine\n")).toEqual([]);
});

test("a program that no CLI runs has no project file", () => {
  expect(projectFileProblems("", env)).toEqual([]);
});
