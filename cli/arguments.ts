import type { Command } from "commander";
import { commandLine, DEFAULT_STACK, stackOption } from "../tools/setup/arguments";

interface OfStack {
  stack: string;
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

/** What `npm run swarm` can do; each is called with what its command line says. */
export interface SwarmCommands {
  status(options: Report): Promise<void>;
  doctor(options: Report & { repairNetwork?: boolean }): Promise<void>;
  preflight(options: Report): Promise<void>;
  unlock(options: OfStack): Promise<void>;
  docker(options: OfStack & { args: string[] }): Promise<void>;
  backup(options: WithBackup & { force?: boolean }): Promise<void>;
  restore(options: WithBackup & { adopt?: boolean }): Promise<void>;
  recover(options: Confirmed): Promise<void>;
}

/** The command line of `npm run swarm`: options are refused where no command has them, with the one that is like it. */
export function swarmProgram(commands: SwarmCommands): Command {
  const program = commandLine("swarm", "Looks at and works on the cluster of a Pulumi stack.")
    .addOption(stackOption())
    // Options in front of a command are the program's, those behind it the command's: `docker stack` has a --stack too.
    .enablePositionalOptions();

  const add = (name: string, description: string): Command =>
    program.command(name).description(description).addOption(stackOption());
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
  return program;
}

/** The stack that is named behind the command, or in front of it. */
function withStack<T extends Partial<OfStack>>(own: T, command: Command): T & OfStack {
  const named = command.parent?.opts<Partial<OfStack>>();
  return { ...own, stack: own.stack ?? named?.stack ?? DEFAULT_STACK };
}
