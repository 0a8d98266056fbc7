import { Command, InvalidArgumentError, Option } from "commander";

/** The stack that `npm run up`, `down` and `swarm` work on when none is named. */
export const DEFAULT_STACK = "dev";

export interface StackArguments {
  stack: string;
  /** Everything else, for the Pulumi CLI. */
  rest: string[];
}

/**
 * A command line of this project: every one tells its options by `--help` and refuses those it does not have.
 * @param name - what is typed to get there: `npm run up --`.
 */
export function commandLine(name: string, description: string): Command {
  return new Command(name).description(description).showHelpAfterError(`What there is: ${name} --help`);
}

/** `--stack NAME`, `--stack=NAME` or `-s NAME`. */
export function stackOption(fallback: string): Option {
  return new Option("-s, --stack <name>", `the Pulumi stack (default: ${fallback})`).argParser(named);
}

/**
 * Reads the command line of `npm run up` and `npm run down`: `--stack` is ours, everything else the Pulumi CLI's
 * (see `refuseUnknownOptions`). Ends the process for `--help` and where `--stack` has no name.
 */
export function stackArguments(program: Command, args: readonly string[]): StackArguments {
  program
    .addOption(stackOption(DEFAULT_STACK))
    .allowUnknownOption()
    .allowExcessArguments()
    .parse(args, { from: "user" });
  const { stack = DEFAULT_STACK } = program.opts<{ stack?: string }>();
  return { stack, rest: program.args };
}

function named(value: string): string {
  // `-s=NAME` is what the Pulumi CLI takes.
  const name = value.replace(/^=/, "");
  if (!name || name.startsWith("-"))
    throw new InvalidArgumentError("It needs the name of a stack, as in `--stack dev`.");
  return name;
}
