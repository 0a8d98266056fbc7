import type * as pulumi from "../resources/pulumi";
import type { CommandPackage, Machine } from "../platforms/platform";
import type { Problem } from "../validation/problem";

/** A command of the user's own, run on a node after it joined and before it takes tasks: mounts, log drivers, plugins. */
export interface AfterJoinCommand {
  /** Unique in its list. */
  name: string;
  /** Shell command that runs once the node is a member, and again when a trigger or the machine changes. */
  create: string;
  /** Shell command that runs before the node leaves, when it is drained. @default nothing */
  delete?: string;
  /** Any change of these values runs the command again. @default none */
  triggers?: pulumi.Input<unknown>[];
}

/** The one that the commands were tried with. */
const PACKAGE = "@pulumi/command@1.2.1";
/** Releases before 1.1.0 take a host key and check none, and 4.x is an older line that knows no host keys. */
const RANGE = "^1.1.0";

/** An optional peer: programs without such commands need not install it. A package manager may let any version pass. */
export function commandPackageProblems(commands: readonly AfterJoinCommand[]): Problem[] {
  if (commands.length === 0) return [];
  const installed = installedVersion();
  if (installed && isInRange(installed)) return [];
  const why = installed
    ? `and ${installed} is installed: earlier versions and 4.x check no host keys`
    : "which is not installed";
  const text = `commands after the join run with @pulumi/command ${RANGE}, ${why}. Install it: npm install ${PACKAGE}`;
  return [{ where: "afterJoin", text }];
}

/** @param version - as its package.json has it, which may begin with a "v". */
function isInRange(version: string): boolean {
  const [major, minor] = version.replace(/^v/, "").split(".").map(Number);
  return major === 1 && minor >= 1;
}

function installedVersion(): string | undefined {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return (require("@pulumi/command/package.json") as { version: string }).version;
  } catch {
    return undefined;
  }
}

/** Loaded only where it is used: a cluster without such commands does not pay for it. */
function commandPackage(): CommandPackage | undefined {
  if (installedVersion() === undefined) return undefined;
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require("@pulumi/command") as CommandPackage;
}

/**
 * Runs the user's commands on a node, one after the other, with `@pulumi/command`, in the way of its platform. That
 * provider's plugin is needed only where there are such commands.
 */
export function runAfterJoin(
  name: string,
  commands: readonly AfterJoinCommand[],
  machine: Machine,
  after: readonly pulumi.Resource[],
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const made: pulumi.Resource[] = [];
  const provider = commands.length > 0 ? commandPackage() : undefined;
  // Reported before anything is registered (commandPackageProblems).
  if (!provider) return made;
  for (const { name: own, create, delete: remove, triggers = [] } of commands) {
    const args = { create, delete: remove, triggers: [machine.identity, ...triggers] };
    const dependsOn = [...after, ...made.slice(-1)];
    made.push(machine.command(provider, `${name}-${own}`, args, { ...opts, dependsOn }));
  }
  return made;
}
