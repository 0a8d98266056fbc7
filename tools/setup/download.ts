import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { Interrupted } from "./run-command";

export interface DownloadLimits {
  /** Given up when nothing came for so long. */
  silenceMs: number;
  /** Given up after so long in any case. */
  timeoutMs: number;
}

const LIMITS: DownloadLimits = { silenceMs: 20_000, timeoutMs: 10 * 60_000 };
const MIB = 1024 * 1024;

/** A small text file from the network. */
export function fetchText(url: string, limits: Partial<DownloadLimits> = {}): Promise<string> {
  return fetching(url, limits, (response) => response.text());
}

/**
 * Writes a file from the network.
 * @returns its SHA-256, in hexadecimal digits.
 */
export function fetchFile(
  url: string,
  file: string,
  progress: (text: string) => void,
  limits: Partial<DownloadLimits> = {},
): Promise<string> {
  return fetching(url, limits, async (response, signal, heard) => {
    const whole = Number(response.headers.get("content-length"));
    const digest = createHash("sha256");
    let bytes = 0;
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        heard();
        digest.update(chunk);
        bytes += chunk.length;
        const of = whole > 0 ? ` of ${Math.ceil(whole / MIB)}` : "";
        progress(`${Math.ceil(bytes / MIB)}${of} MiB`);
        done(null, chunk);
      },
    });
    if (!response.body) throw new Error("the answer is empty");
    const body = Readable.fromWeb(response.body as ReadableStream);
    await pipeline(body, count, createWriteStream(file, { flags: "wx", mode: 0o600 }), { signal });
    return digest.digest("hex");
  });
}

async function fetching<T>(
  url: string,
  limits: Partial<DownloadLimits>,
  read: (response: Response, signal: AbortSignal, heard: () => void) => Promise<T>,
): Promise<T> {
  const { silenceMs, timeoutMs } = { ...LIMITS, ...limits };
  const given = new AbortController();
  const giveUp = (why: string) => given.abort(new Error(why));
  const silence = setTimeout(() => giveUp(`nothing came for ${silenceMs / 1000} s`), silenceMs);
  const limit = setTimeout(() => giveUp(`not done after ${timeoutMs / 1000} s`), timeoutMs);
  // The caller still cleans up what it had begun.
  const onInterrupt = () => given.abort(new Interrupted(`download of ${url}`));
  process.once("SIGINT", onInterrupt).once("SIGTERM", onInterrupt);
  try {
    const response = await fetch(url, { signal: given.signal });
    silence.refresh();
    if (!response.ok) throw new Error(`the answer is ${response.status} ${response.statusText}`);
    return await read(response, given.signal, () => void silence.refresh());
  } catch (error) {
    const reason: unknown = given.signal.aborted ? given.signal.reason : error;
    if (reason instanceof Interrupted) throw reason;
    throw new Error(`${url}: ${describe(reason)}`, { cause: error });
  } finally {
    clearTimeout(silence);
    clearTimeout(limit);
    process.off("SIGINT", onInterrupt).off("SIGTERM", onInterrupt);
  }
}

/** Node's fetch says only "fetch failed"; why stands in its cause. */
function describe(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message} (${cause.message})` : message;
}
