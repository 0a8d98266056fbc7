/** What is done by then needs no words. */
const QUIET_MS = 10_000;
/** A line is read in this time. */
const EVERY_MS = 5_000;

/** Writes what is being done to stderr where it takes long: the first start on a machine installs an engine. */
export function latePrinter(): (text: string) => void {
  const start = Date.now();
  let last = start + QUIET_MS - EVERY_MS;
  return (text) => {
    if (Date.now() - last < EVERY_MS) return;
    last = Date.now();
    process.stderr.write(`pulumi-swarm: ${text} (${Math.round((last - start) / 1000)} s)\n`);
  };
}
