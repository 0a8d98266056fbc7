import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { command } from "../tools/setup/run-command";
import { projectRoot } from "../tools/setup/paths";
import {
  dependenciesOf,
  filesOf,
  refuseOverwriting,
  writeFiles,
  type PackageManifest,
} from "./project-files";
import { step } from "./steps";

export const TEMPLATES = ["local", "ssh"] as const;

export interface NewOptions {
  template: (typeof TEMPLATES)[number];
  /** Where the project is made. */
  folder: string;
  /** Name of the Pulumi project. @default that of the folder */
  name?: string;
}

const PACKAGE = "pulumi-swarm";

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
  const manifest = JSON.parse(readFileSync(file, "utf8")) as PackageManifest;
  manifest.dependencies = { ...manifest.dependencies, [PACKAGE]: `file:${tarball}` };
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
}
