import { addAbortSignal, type Duplex } from "node:stream";
import { finished } from "node:stream/promises";
import { framesOf } from "../transport/frames";

/** Whoever reads our output has seen enough: `exec web -- cat FILE | head`. */
export class BrokenPipe extends Error {}
interface Carrying {
  /** Whether the command reads our input. */
  stdin: boolean;
  /** Whether it has a terminal: then each key that it reads is its own, Ctrl-C as well. */
  tty: boolean;
  /** Called when our terminal has another size. */
  resize: () => void;
  signal: AbortSignal;
}

/** Carries our standard streams to a command and back, until it has ended. */
export async function carried(stream: Duplex, { stdin, tty, resize, signal }: Carrying): Promise<void> {
  addAbortSignal(signal, stream);
  const { stdin: input, stdout: output } = process;
  const isRaw = tty && stdin;
  if (isRaw) input.setRawMode(true);
  if (tty) output.on("resize", resize);
  const broken = () => stream.destroy(new BrokenPipe("nobody reads the output"));
  for (const ours of [output, process.stderr]) ours.once("error", broken);
  // The command may end before it has read everything.
  if (stdin) input.pipe(stream).on("error", () => undefined);
  try {
    if (tty)
      await finished(
        stream.on("data", (chunk: Buffer) => output.write(chunk)),
        { writable: false },
      );
    else
      for await (const { from, data } of framesOf(stream))
        (from === "stdout" ? output : process.stderr).write(data);
  } finally {
    output.off("resize", resize);
    if (isRaw) input.setRawMode(false);
    // A read that waits for more input would keep this process.
    if (stdin) input.unpipe(stream).destroy();
    stream.destroy();
  }
}
