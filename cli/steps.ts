import { display } from "../tools/setup/display";

/** Runs one step of a command, shown with its name, its progress and its time. */
export async function step<T>(
  name: string,
  work: (progress: (text: string) => void) => Promise<T>,
  describe: (result: T) => string,
): Promise<T> {
  const shown = display(process.stderr);
  shown.begin(name);
  try {
    const result = await work((text) => shown.progress(text));
    shown.end("ok", describe(result));
    return result;
  } catch (error) {
    shown.end("failed", "failed");
    throw error;
  }
}

/** Runs a command whose Ctrl-C is a cancellation: it cleans up and then ends, instead of ending at once. */
export async function cancellable<T>(command: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupted = new AbortController();
  const abort = () => interrupted.abort();
  process.on("SIGINT", abort).on("SIGTERM", abort);
  try {
    return await command(interrupted.signal);
  } finally {
    process.off("SIGINT", abort).off("SIGTERM", abort);
  }
}
