import { existsSync } from "node:fs";
import * as path from "node:path";
import { packageFolder } from "./package-folder";

/** The files that Pulumi takes for a project. Source: https://www.pulumi.com/docs/iac/concepts/projects/project-file/ */
const PROJECT_FILES = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];

/** The folder of the Pulumi project that a folder is in; nothing where it is in none. */
export function projectAround(folder: string): string | undefined {
  if (PROJECT_FILES.some((name) => existsSync(path.join(folder, name)))) return folder;
  const above = path.dirname(folder);
  return above === folder ? undefined : projectAround(above);
}

/**
 * Whether this is the package's own checkout, and not a project that has installed it. Remedies name commands that work
 * where their reader is, and the Pulumi CLI starts programs and providers in the project.
 */
const isOwnCheckout = projectAround(process.cwd()) === packageFolder;

/** What a command on a cluster begins with: `${SWARM_COMMAND} doctor`. */
export const SWARM_COMMAND = isOwnCheckout ? "npm run swarm --" : "npx pulumi-swarm";

export const SETUP_COMMAND = isOwnCheckout ? "npm run setup" : "npx pulumi-swarm setup";

export const DOWN_COMMAND = isOwnCheckout ? "npm run down" : "pulumi destroy";

/** How the user brings the cluster to what the program asks for, with these options of `pulumi up`. */
export function upCommand(options = ""): string {
  if (!isOwnCheckout) return `pulumi up ${options}`.trim();
  return options ? `npm run up -- ${options}` : "npm run up";
}
