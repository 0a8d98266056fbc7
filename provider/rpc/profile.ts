import { appendFileSync } from "node:fs";

/** One operation of one resource, in milliseconds since the epoch: what the benchmark adds up. */
export interface Span {
  type: string;
  name: string;
  operation: string;
  start: number;
  end: number;
}

/** The largest memory of the provider, in KiB, written when it ends. */
export interface Memory {
  maxRssKib: number;
}

/** File to which each operation is written as a line of JSON; nothing is written where it is not set. */
const FILE = process.env.PULUMI_SWARM_PROFILE;

/** Times one operation of the resource that a URN names. */
export async function timed<T>(urn: string, operation: string, work: Promise<T>): Promise<T> {
  if (!FILE) return work;
  const start = Date.now();
  try {
    return await work;
  } finally {
    const [, , types, name] = urn.split("::");
    write({ type: types.split("$").pop() ?? "", name, operation, start, end: Date.now() });
  }
}

export function writeMemory(): void {
  if (FILE) write({ maxRssKib: process.resourceUsage().maxRSS });
}

function write(line: Span | Memory): void {
  appendFileSync(FILE ?? "", `${JSON.stringify(line)}\n`);
}
