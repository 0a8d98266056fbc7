import { once } from "node:events";
import type { Readable, Writable } from "node:stream";

/** Writes all that a stream has into another one, no quicker than that one takes it, and leaves it open. */
export async function pour(from: Readable, into: Writable, signal?: AbortSignal): Promise<void> {
  for await (const chunk of from) {
    if (into.destroyed) throw new Error("nobody takes what it prints any more");
    if (!into.write(chunk)) await once(into, "drain", { signal });
  }
}
