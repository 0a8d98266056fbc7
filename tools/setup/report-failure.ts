/** Ends a command with its error: the message alone, as the messages of this project say what to do. */
export function reportFailure(error: unknown): void {
  const known = error instanceof Error && process.env.PULUMI_SWARM_DEBUG === undefined;
  console.error(`\n${known ? error.message : error instanceof Error ? error.stack : String(error)}`);
  process.exitCode = 1;
}
