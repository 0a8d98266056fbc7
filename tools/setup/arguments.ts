/** The stack that `npm run up` and `npm run down` work on when none is named. */
export const DEFAULT_STACK = "dev";

export interface StackArguments {
  stack: string;
  /** Everything else, for the Pulumi CLI. */
  rest: string[];
}

/** Takes `--stack NAME`, `--stack=NAME` or `-s NAME` out of the arguments. */
export function stackArguments(args: string[]): StackArguments {
  const rest: string[] = [];
  let stack = DEFAULT_STACK;
  for (let i = 0; i < args.length; i++) {
    const joined = /^(?:--stack|-s)=(.+)$/.exec(args[i]);
    if (joined) stack = joined[1];
    else if (args[i] === "--stack" || args[i] === "-s") stack = named(args[++i]);
    else rest.push(args[i]);
  }
  return { stack, rest };
}

function named(value: string | undefined): string {
  if (!value || value.startsWith("-"))
    throw new Error("--stack needs the name of a stack, as in `--stack dev`.");
  return value;
}
