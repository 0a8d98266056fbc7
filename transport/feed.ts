import { Readable } from "node:stream";
import type { RunOptions } from "./transport";

/** Gives a command its standard input. What it does not read any more, because it ended, is dropped. */
export function feed(stdin: NodeJS.WritableStream, input: RunOptions["stdin"] = ""): void {
  if (input instanceof Readable) input.pipe(stdin);
  else stdin.end(input);
}
