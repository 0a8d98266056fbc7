import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseDocument } from "yaml";
import { command } from "../tools/setup/command";
import { projectRoot } from "../tools/setup/paths";
import { step } from "./steps";

export const TEMPLATES = ["local", "ssh"] as const;

export interface NewOptions {
  template: (typeof TEMPLATES)[number];
  /** Where the project is made. */
  folder: string;
  /** Name of the Pulumi project. @default that of the folder */
  name?: string;
}

interface Manifest {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  [key: string]: unknown;
}

/** These may be there already; what the project has of its own in them stays. */
const MERGED = ["package.json", ".gitignore"];
const PACKAGE = "pulumi-swarm";
/** npm packs no file of this name. */
const GITIGNORE = "node_modules/\nbin/\n.pulumi-state/\n";

/** Makes a Pulumi project that comes up at once. What is in the folder already is never overwritten. */
export async function newProject(options: NewOptions): Promise<void> {
  const folder = path.resolve(options.folder);
  const project = projectName(options.name ?? path.basename(folder));
  const files = filesOf(options.template, project);
  refuseOverwriting(folder, [...files.keys()]);
  const isInstalled = PACKAGE in dependenciesOf(folder);
  await step(
    "Files",
    async () => writeFiles(folder, files),
    (written) => `${written.join(", ")} in ${folder}`,
  );
  await step(
    "Packages",
    async (progress) => {
      if (!isInstalled) await packInto(folder, progress);
      return install(folder, progress);
    },
    (tool) => `installed by ${tool}`,
  );
  const place = path.relative(process.cwd(), folder);
  const steps = [
    ...(place ? [`cd ${place}`] : []),
    ...(options.template === "ssh" ? ["$EDITOR hosts.yml"] : []),
    'eval "$(npx pulumi-swarm setup)"   # where this machine lacks the Pulumi CLI or an engine',
    "pulumi stack init dev",
    "pulumi up",
  ];
  console.log(`\nNext:\n${steps.map((line) => `    ${line}`).join("\n")}`);
}

/** Its cluster is named after it, and nodes and containers after the cluster. */
function projectName(name: string): string {
  const usable = name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "");
  if (usable) return usable;
  throw new Error(
    `${JSON.stringify(name)} has no letter or digit to name a project by. Name it: --name NAME`,
  );
}

/** Path in the project → text. */
function filesOf(template: string, project: string): Map<string, string> {
  const source = path.join(projectRoot, "templates", template);
  const names = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(source, path.join(entry.parentPath, entry.name)));
  const files = new Map(
    names.map((name) => {
      const text = readFileSync(path.join(source, name), "utf8")
        .replaceAll("${PROJECT}", project)
        .replaceAll("${DESCRIPTION}", "A Docker Swarm cluster");
      return [name, name === "Pulumi.yaml" ? withoutTemplate(text) : text];
    }),
  );
  return files.set(".gitignore", GITIGNORE);
}

/** As `pulumi new` does: what tells of the template is no part of the project. */
function withoutTemplate(text: string): string {
  const yaml = parseDocument(text);
  yaml.delete("template");
  return yaml.toString();
}

function refuseOverwriting(folder: string, names: readonly string[]): void {
  const there = names.filter((name) => !MERGED.includes(name) && existsSync(path.join(folder, name)));
  if (there.length === 0) return;
  throw new Error(
    `${folder} has ${there.join(", ")} already; nothing was written. Name a folder without: npx ${PACKAGE} new local FOLDER`,
  );
}

/** What the folder's own manifest names already: whoever has installed a package first knows where it comes from. */
function dependenciesOf(folder: string): Record<string, string> {
  const file = path.join(folder, "package.json");
  if (!existsSync(file)) return {};
  const { dependencies, devDependencies } = JSON.parse(readFileSync(file, "utf8")) as Manifest;
  return { ...devDependencies, ...dependencies };
}

function writeFiles(folder: string, files: ReadonlyMap<string, string>): string[] {
  for (const [name, text] of files) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    const found = existsSync(file) ? readFileSync(file, "utf8") : undefined;
    if (found === undefined) writeFileSync(file, text);
    else if (name === "package.json") writeFileSync(file, merged(found, text));
  }
  return [...files.keys()].sort();
}

/** A manifest with what it lacks of another one. */
function merged(found: string, lacking: string): string {
  const mine = JSON.parse(found) as Manifest;
  const theirs = JSON.parse(lacking) as Manifest;
  const has = { ...mine.dependencies, ...mine.devDependencies };
  const without = (all: Record<string, string> = {}) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => !(name in has)));
  const whole = {
    ...theirs,
    ...mine,
    // What `npm init` writes there is no program of Pulumi's.
    main: theirs.main,
    dependencies: { ...mine.dependencies, ...without(theirs.dependencies) },
    devDependencies: { ...mine.devDependencies, ...without(theirs.devDependencies) },
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

/** By the package manager that runs this, else npm. Answers its name. */
async function install(folder: string, progress: (text: string) => void): Promise<string> {
  const [tool] = /^(npm|pnpm|yarn)(?=\/)/.exec(process.env.npm_config_user_agent ?? "") ?? ["npm"];
  progress(`${tool} install`);
  await command(tool, ["install"], { cwd: folder, env: process.env });
  return tool;
}

/** The package is in no registry, so the project gets what runs here, as a file that goes with it. */
async function packInto(folder: string, progress: (text: string) => void): Promise<void> {
  progress("packing pulumi-swarm");
  const args = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
  const tarball = (await command("npm", args, { cwd: projectRoot, env: process.env })).trim();
  const file = path.join(folder, "package.json");
  const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
  manifest.dependencies = { ...manifest.dependencies, [PACKAGE]: `file:${tarball}` };
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
}
