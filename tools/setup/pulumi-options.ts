import { Command } from "commander";
import { CommandFailed } from "./run-command";
import { askPulumi, type PulumiRun } from "./pulumi-run";

/**
 * Refuses options that the Pulumi CLI does not have, before anything is done. The CLI itself judges: with `--help` it
 * reads all of its command line and does nothing more.
 * @param subcommand - of the Pulumi CLI, such as `up`.
 */
export async function refuseUnknownOptions(subcommand: string, rest: readonly string[], run: PulumiRun) {
  if (!rest.some((argument) => argument.startsWith("-"))) return;
  try {
    // In front: behind `--` it would be no option.
    await askPulumi([subcommand, "--help", ...rest], run);
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    const [unknown] = /(?<=unknown flag: )\S+/.exec(error.output) ?? [];
    throw new Error(
      `\`pulumi ${subcommand}\` refuses these options: ${error.output.replace(/^error: /, "")}` +
        (unknown ? suggestion(unknown, await askPulumi([subcommand, "--help"], run)) : "") +
        `\nNothing was changed. All options: pulumi ${subcommand} --help`,
      { cause: error },
    );
  }
}

/** What was meant, by commander's own measure of likeness: "\n(Did you mean --refresh?)", or nothing. */
export function suggestion(unknown: string, help: string): string {
  let text = "";
  const known = new Command().helpOption(false).exitOverride();
  known.configureOutput({ writeErr: (error) => (text += error) });
  for (const [flag] of help.matchAll(/(?<=^\s+(?:-\w, )?)--[a-z][\w-]*/gm)) known.option(flag);
  try {
    known.parse([unknown], { from: "user" });
  } catch {
    // It is unknown: commander throws what it printed.
  }
  return /\n\(Did you mean .*\)/.exec(text)?.[0] ?? "";
}
