import { readFileSync } from "node:fs";
import * as path from "node:path";

export interface Dependency {
  name: string;
  version: string;
}

interface Manifest {
  version?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/** The packages that a program's nearest package.json names, with the versions that are installed. */
export function programDependencies(programDirectory: string): Dependency[] {
  const folder = nearestPackage(programDirectory);
  if (!folder) return [];
  const { dependencies, devDependencies } = readManifest(path.join(folder, "package.json"));
  return Object.entries({ ...devDependencies, ...dependencies })
    .map(([name, range]) => ({ name, version: installedVersion(folder, name) ?? range }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

function nearestPackage(folder: string): string | undefined {
  try {
    readFileSync(path.join(folder, "package.json"));
    return folder;
  } catch {
    const parent = path.dirname(folder);
    return parent === folder ? undefined : nearestPackage(parent);
  }
}

function installedVersion(folder: string, name: string): string | undefined {
  try {
    return readManifest(path.join(folder, "node_modules", name, "package.json")).version;
  } catch {
    // Hoisted to a workspace's root, linked or not installed: the range of package.json is all we know.
    return undefined;
  }
}

function readManifest(file: string): Manifest {
  return JSON.parse(readFileSync(file, "utf8")) as Manifest;
}
