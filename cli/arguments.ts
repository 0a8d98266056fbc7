import { Argument, Option, type Command } from "commander";
import { SWARM_COMMAND } from "../foundation/command-lines";
import type { AdoptOptions } from "./adopt";
import type { EnvOptions } from "./env";
import type { ExecOptions } from "./exec";
import type { LogsOptions } from "./logs";
import { TEMPLATES, type NewOptions } from "./new";
import type { ProxyOptions } from "./proxy";
import type { PsOptions } from "./ps";
import type { RebalanceOptions } from "./rebalance";
import { SHELLS } from "./shell-lines";
import { commandLine, stackOption } from "../tools/setup/stack-arguments";

const SETUP =
  "Makes the machine ready: Pulumi CLI, language host, Docker Engine, base image, state. Prints what a shell has to set.";
const TASK = "a service, or one task of it: web, shop_web, web.2, web.NODE";
const SELECTED = "the one that is selected";

interface OfStack {
  /** @default the stack that is selected */
  stack?: string;
  /** @default the stack's only cluster */
  cluster?: string;
}

interface Report extends OfStack {
  /** Print it as JSON. @default false */
  json?: boolean;
}

interface Confirmed extends OfStack {
  /** Without a question. @default false */
  yes?: boolean;
}

interface WithBackup extends Confirmed {
  file: string;
  passphraseFile?: string;
}

interface OfVolume extends OfStack {
  node: string;
  volume: string;
  file: string;
  force?: boolean;
}

/** What there is to do with a cluster; each is called with what its command line says. */
export interface SwarmCommands {
  status(options: Report): Promise<void>;
  doctor(options: Report & { repairNetwork?: boolean }): Promise<void>;
  preflight(options: Report): Promise<void>;
  unlock(options: OfStack): Promise<void>;
  ps(options: OfStack & PsOptions): Promise<void>;
  logs(options: OfStack & LogsOptions): Promise<void>;
  exec(options: OfStack & ExecOptions): Promise<void>;
  rebalance(options: OfStack & RebalanceOptions): Promise<void>;
  docker(options: OfStack & { args: string[] }): Promise<void>;
  env(options: OfStack & EnvOptions & { unset?: boolean }): Promise<void>;
  proxy(options: OfStack & ProxyOptions): Promise<void>;
  backup(options: WithBackup & { force?: boolean }): Promise<void>;
  restore(options: WithBackup & { adopt?: boolean }): Promise<void>;
  recover(options: Confirmed): Promise<void>;
  volumes(options: Report): Promise<void>;
  backUpVolume(options: OfVolume): Promise<void>;
  restoreVolume(options: OfVolume): Promise<void>;
  setup(): Promise<void>;
  newProject(options: NewOptions): Promise<void>;
  adopt(options: AdoptOptions): Promise<void>;
}

/** The command line of `pulumi-swarm`: options are refused where no command has them, with the one that is like it. */
export function swarmProgram(commands: SwarmCommands): Command {
  const program = commandLine(SWARM_COMMAND, "Looks at and works on the cluster of a Pulumi stack.")
    .addOption(stackOption(SELECTED))
    .addOption(clusterOption())
    // Options in front of a command are the program's, those behind it the command's: `docker stack` has a --stack too.
    .enablePositionalOptions();

  const add = (name: string, description: string, parent = program): Command =>
    parent.command(name).description(description).addOption(stackOption(SELECTED)).addOption(clusterOption());
  const report = (name: string, description: string): Command =>
    add(name, description).option("--json", "for a program");
  const withPassphrase = (command: Command): Command =>
    command.option(
      "--passphrase-file <file>",
      "instead of the variable SWARM_BACKUP_PASSPHRASE or the terminal",
    );

  report("status", "the live state: nodes, quorum, services, drift").action(
    (own: Partial<Report>, command: Command) => commands.status(withStack(own, command)),
  );
  report("doctor", "checks the cluster; exit code 1 where a check failed, 0 where all passed or warned")
    .option("--repair-network", "mend what nodes have wrong of the overlay networks, and look again")
    .action((own: Partial<Report>, command: Command) => commands.doctor(withStack(own, command)));
  report(
    "preflight",
    "who reaches whom, clocks, MTU, identities; exit code 1 where something stands in the way",
  ).action((own: Partial<Report>, command: Command) => commands.preflight(withStack(own, command)));
  report("ps", "the tasks and where they run, with their errors")
    .argument("[name]", "a stack or a service (default: all services)")
    .option("--all", "former tasks as well")
    .action((name: string | undefined, own: OfStack & Omit<PsOptions, "name">, command: Command) =>
      commands.ps({ ...withStack(own, command), name }),
    );
  add("logs", "what the tasks of a service have printed, on all nodes")
    .argument("<name>", TASK)
    .option("-f, --follow", "go on until Ctrl-C")
    .option("-n, --tail <lines>", "the last lines of each task")
    .option("--since <time>", 'a duration, "10m", or a time, "2026-11-20T13:00:00Z"')
    .option("-t, --timestamps", "with the time of each line")
    .action((name: string, own: OfStack & Omit<LogsOptions, "name">, command: Command) =>
      commands.logs({ ...withStack(own, command), name }),
    );
  add("exec", "runs a command in a running task, on whichever node it is: exec -it web -- sh")
    .argument("<name>", TASK)
    .argument("<command...>", "and its arguments, after --; no shell")
    .option("-i, --interactive", "the command reads what this one is given")
    .option("-t, --tty", "with a terminal, where this one has one")
    .action(
      (
        name: string,
        args: string[],
        own: OfStack & Omit<ExecOptions, "name" | "command">,
        command: Command,
      ) => commands.exec({ ...withStack(own, command), name, command: args }),
    );
  add("rebalance", "spreads the tasks of uneven services over nodes that joined later, one service at a time")
    .argument("[names...]", "services (default: all that are uneven)")
    .option("--dry-run", "show what would move, and change nothing")
    .action((names: string[], own: OfStack & Omit<RebalanceOptions, "names">, command: Command) =>
      commands.rebalance({ ...withStack(own, command), names }),
    );
  add("unlock", "unlocks managers that autolock has locked at their restart").action(
    (own: Partial<OfStack>, command: Command) => commands.unlock(withStack(own, command)),
  );
  program
    .command("docker")
    .argument("[arguments...]")
    .description("runs a docker command against the cluster: docker node ls")
    // All that follows is docker's own, its --help included.
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action((args: string[], own: Partial<OfStack>, command: Command) =>
      commands.docker({ ...withStack(own, command), args }),
    );
  add("env", 'prints what points docker, and any other tool, at a manager: eval "$(… env)"')
    .addOption(shellOption())
    .option("--unset", "print what takes it back")
    .addOption(
      new Option("--context <name>", "make or change a docker context of that name instead").conflicts([
        "shell",
        "unset",
      ]),
    )
    .action((own: Parameters<SwarmCommands["env"]>[0], command: Command) =>
      commands.env(withStack(own, command)),
    );
  add("proxy", "a socket on this machine that leads to a manager that answers, until Ctrl-C")
    .addOption(shellOption())
    .option("--socket <path>", "of the socket (default: one in ~/.pulumi-swarm)")
    .action((own: Parameters<SwarmCommands["proxy"]>[0], command: Command) =>
      commands.proxy(withStack(own, command)),
    );
  withPassphrase(add("backup", "writes the swarm's whole state into an encrypted file"))
    .argument("<file>")
    .option("--force", "overwrite the file")
    .option("--yes", "stop the only manager without a question")
    .action((file: string, own: Partial<WithBackup>, command: Command) =>
      commands.backup({ ...withStack(own, command), file }),
    );
  withPassphrase(add("restore", "brings it back on the machines of a fresh cluster"))
    .argument("<file>")
    .option("--adopt", "take over the swarm of another stack or cluster")
    .option("--yes", "end the fresh swarm without a question")
    .action((file: string, own: Partial<WithBackup>, command: Command) =>
      commands.restore({ ...withStack(own, command), file }),
    );
  add("recover", "makes the best surviving manager the only one, when quorum is lost for good")
    .option("--yes", "without a question")
    .action((own: Partial<Confirmed>, command: Command) => commands.recover(withStack(own, command)));
  const volumes = report(
    "volumes",
    "which volumes lie on which node, and which services have them; exit code 1 where a node did not answer",
  ).action((own: Partial<Report>, command: Command) => commands.volumes(withStack(own, command)));
  add("backup", "writes what is in a volume into a tar archive, gzipped where its name ends in gz", volumes)
    .argument("<node>")
    .argument("<volume>")
    .argument("<file>")
    .option("--force", "overwrite the file")
    .action((node: string, volume: string, file: string, own: Partial<OfVolume>, command: Command) =>
      commands.backUpVolume({ ...withStack(own, command), node, volume, file }),
    );
  add("restore", "gives a volume what is in such a file; makes the volume where there is none", volumes)
    .argument("<file>")
    .argument("<node>")
    .argument("<volume>")
    .option("--force", "lose what is in the volume")
    .action((file: string, node: string, volume: string, own: Partial<OfVolume>, command: Command) =>
      commands.restoreVolume({ ...withStack(own, command), node, volume, file }),
    );
  program
    .command("setup")
    .description(SETUP)
    .action(() => commands.setup());
  program
    .command("new")
    .description("makes a Pulumi project with a cluster in it: of containers here, or of machines over SSH")
    .addArgument(new Argument("[template]").choices(TEMPLATES).default("local"))
    .argument("[folder]", "where to", ".")
    .option("--name <name>", "of the project (default: the folder's)")
    .action((template: NewOptions["template"], folder: string, own: Pick<NewOptions, "name">) =>
      commands.newProject({ template, folder, ...own }),
    );
  program
    .command("adopt")
    .description(
      "prints the program that takes over a swarm that was made by hand; reads it, and changes nothing",
    )
    .argument(
      "[swarm]",
      "one of its managers: ssh://[user@]host[:port], or container:NAME (default: the engine that docker talks to here)",
    )
    .option("--identity-file <file>", "private key for SSH (default: the SSH agent)")
    .option("--sudo", "run everything by sudo there")
    .option("--host-key <key>", "of that machine (default: the one that it presents)")
    .option("--name <name>", "of the cluster in the program", "swarm")
    .option("--out <file>", "write the program into a file, and compose files beside it")
    .action((swarm: string | undefined, own: Omit<AdoptOptions, "swarm">) =>
      commands.adopt({ swarm, ...own }),
    );
  return program;
}

function shellOption(): Option {
  return new Option("--shell <shell>", "whose language is printed (default: yours)").choices(SHELLS);
}

function clusterOption(): Option {
  return new Option("--cluster <name>", "the cluster, where the stack has more than one");
}

/** The stack and cluster that are named behind the command, or in front of it. */
function withStack<T extends Partial<OfStack>>(own: T, command: Command): T & OfStack {
  const { parent } = command;
  return { ...(parent ? withStack(parent.opts<OfStack>(), parent) : {}), ...own };
}
