import type * as pulumi from "../resources/pulumi";
import {
  OWN_AGENT,
  type ContainerConnection,
  type SshConnection,
  type SshEndpoint,
} from "../contract/connection";
import type { Machine } from "../platforms/platform";
import type { Problem } from "../validation/problem";
import { dockerCliVariables } from "../transport/docker-host";
import { quote } from "../transport/shell-quote";

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
function commandPackage(): typeof import("@pulumi/command") | undefined {
  if (installedVersion() === undefined) return undefined;
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require("@pulumi/command") as typeof import("@pulumi/command");
}

/**
 * Runs the user's commands on a node, one after the other, with `@pulumi/command`: over the connection of the node, or
 * inside its container. That provider's plugin is needed only where there are such commands.
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
  for (const command of commands) {
    const dependsOn = [...after, ...made.slice(-1)];
    made.push(commandOn(provider, `${name}-${command.name}`, command, machine, { ...opts, dependsOn }));
  }
  return made;
}

function commandOn(
  command: typeof import("@pulumi/command"),
  name: string,
  { create, delete: remove, triggers = [] }: AfterJoinCommand,
  machine: Machine,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const again = [machine.identity, ...triggers];
  if (machine.reachedBy === "container") {
    const node = machine.connection as pulumi.Output<ContainerConnection>;
    const args = {
      create,
      delete: remove,
      triggers: again,
      interpreter: node.apply(({ container }) => ["docker", "exec", container, "sh", "-c"]),
      environment: node.apply(({ dockerHost }) => dockerCliVariables(dockerHost)),
    };
    return new command.local.Command(name, args as never, opts);
  }
  const node = machine.connection as pulumi.Output<SshConnection>;
  const asRoot = (text?: string) =>
    text === undefined
      ? undefined
      : node.apply(({ sudo }) => (sudo ? `sudo -n -- sh -c ${quote(text)}` : text));
  const connection = node.apply(({ sudo: _sudo, proxy, ...known }) => ({
    ...forCommand(known),
    ...(proxy ? { proxy: forCommand(proxy) } : {}),
  }));
  return new command.remote.Command(
    name,
    { connection, create: asRoot(create), delete: asRoot(remove), triggers: again },
    opts,
  );
}

/** What `@pulumi/command` takes: it looks for the session's agent itself, and compares keys, not fingerprints. */
function forCommand({ agentSocketPath, ...endpoint }: SshEndpoint): SshEndpoint {
  if (endpoint.hostKey.startsWith("SHA256:"))
    throw new Error(
      `${endpoint.host}: its host key is given as a fingerprint, and commands after the join need the key itself. ` +
        "Give the line of /etc/ssh/ssh_host_ed25519_key.pub on that machine as hostKey.",
    );
  return agentSocketPath && agentSocketPath !== OWN_AGENT ? { ...endpoint, agentSocketPath } : endpoint;
}
