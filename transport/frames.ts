import type { Readable, Writable } from "node:stream";

const HEADER_BYTES = 8;
const STDERR = 2;

/**
 * The output of a container without a terminal comes in frames: a header of eight bytes, of which the first says which
 * output it is and the last four its length. Source: https://docs.docker.com/reference/api/engine/ (Container, attach).
 * No more is read than whoever gets it takes.
 */
export function splitFrames(frames: Readable, stdout: Writable, stderr: Writable): void {
  let rest: Buffer = Buffer.alloc(0);
  frames.on("data", (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = endOf(rest); end <= rest.length; end = endOf(rest)) {
      const isError = rest[0] === STDERR;
      const output = isError ? stderr : stdout;
      if (!output.write(rest.subarray(HEADER_BYTES, end)) && !frames.isPaused()) {
        frames.pause();
        output.once("drain", () => frames.resume());
      }
      rest = rest.subarray(end);
    }
  });
}

/** Where the first frame ends; beyond all bytes where not even its header is there. */
function endOf(frames: Buffer): number {
  return frames.length < HEADER_BYTES ? Infinity : HEADER_BYTES + frames.readUInt32BE(4);
}

/** One frame of such an output; what the engine itself has to say is of neither of both. */
export interface Frame {
  from: "stdout" | "stderr" | "engine";
  data: Buffer;
}

const SOURCES = ["stdout", "stdout", "stderr", "engine"] as const;

/** The same one by one, each as it was written, and no faster than they are taken. */
export async function* framesOf(frames: Readable): AsyncGenerator<Frame> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of frames as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = endOf(rest); end <= rest.length; end = endOf(rest)) {
      yield { from: SOURCES[rest[0]] ?? "stdout", data: rest.subarray(HEADER_BYTES, end) };
      rest = rest.subarray(end);
    }
  }
}
