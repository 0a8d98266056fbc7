import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseDocument } from "yaml";
import { projectRoot } from "../tools/setup/paths";

export interface PackageManifest {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  [key: string]: unknown;
}

/** These may be there already; what the project has of its own in them stays. */
const MERGED = ["package.json", ".gitignore"];
/** npm packs no file of this name. */
const GITIGNORE = "node_modules/\nbin/\n.pulumi-state/\n";

export interface ProjectFile {
  text: string;
  mode?: number;
}

/** The files of a template, by their paths in the project. */
export function filesOf(template: string, project: string): Map<string, ProjectFile> {
  const source = path.join(projectRoot, "templates", template);
  const names = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(source, path.join(entry.parentPath, entry.name)));
  const files = new Map<string, ProjectFile>([[".gitignore", { text: GITIGNORE }]]);
  for (const name of names) {
    const file = path.join(source, name);
    const text = readFileSync(file, "utf8")
      .replaceAll("${PROJECT}", project)
      .replaceAll("${DESCRIPTION}", "A Docker Swarm cluster");
    // The provider's file is one that Pulumi executes.
    const { mode } = statSync(file);
    files.set(name, { text: name === "Pulumi.yaml" ? withoutTemplate(text) : text, mode });
  }
  return files;
}

/** As `pulumi new` does: what tells of the template is no part of the project. */
function withoutTemplate(text: string): string {
  const yaml = parseDocument(text);
  yaml.delete("template");
  return yaml.toString();
}

/** @param remedy - what writes them somewhere else */
export function refuseOverwriting(
  folder: string,
  names: readonly string[],
  remedy = "Name a folder without: npx pulumi-swarm new local FOLDER",
): void {
  const there = names.filter((name) => !MERGED.includes(name) && existsSync(path.join(folder, name)));
  if (there.length === 0) return;
  throw new Error(`${folder} has ${there.join(", ")} already; nothing was written. ${remedy}`);
}

/** Answers their names. */
export function writeFiles(folder: string, files: ReadonlyMap<string, ProjectFile>): string[] {
  for (const [name, { text, mode }] of files) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    const found = existsSync(file) ? readFileSync(file, "utf8") : undefined;
    if (found === undefined) writeFileSync(file, text, { mode });
    else if (name === "package.json") writeFileSync(file, merged(found, text));
  }
  return [...files.keys()].sort();
}

/** A manifest with what it lacks of another one. */
function merged(found: string, lacking: string): string {
  const mine = JSON.parse(found) as PackageManifest;
  const theirs = JSON.parse(lacking) as PackageManifest;
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

/** What the folder's own manifest names already: whoever has installed a package first knows where it comes from. */
export function dependenciesOf(folder: string): Record<string, string> {
  const file = path.join(folder, "package.json");
  if (!existsSync(file)) return {};
  const { dependencies, devDependencies } = JSON.parse(readFileSync(file, "utf8")) as PackageManifest;
  return { ...devDependencies, ...dependencies };
}
