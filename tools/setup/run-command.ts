import { spawn, type ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";

export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Told every line that the command prints. */
  onLine?: (line: string) => void;
  /** The command is stopped when it has printed nothing for so long: a download that hangs. */
  silenceMs?: number;
  /** The command is stopped after so long in any case. */
  timeoutMs?: number;
  /** What it prints holds secrets: of it an error quotes only what stands behind `error:` on stderr. @default false */
  secretOutput?: boolean;
}

/** A command that could not be started, failed or was stopped: the command line, how it ended, its last lines. */
export class CommandFailed extends Error {
  constructor(
    readonly commandLine: string,
    readonly ending: string,
    readonly output: string,
  ) {
    super(`\`${commandLine}\` ${ending}${output ? `:\n${output.replace(/^/gm, "    ")}` : "."}`);
    this.name = "CommandFailed";
  }
}

/** The user ended this process while the command ran: no other way is to be tried. */
export class Interrupted extends Error {
  constructor(commandLine: string) {
    super(`\`${commandLine}\` was interrupted.`);
    this.name = "Interrupted";
  }
}

const INTERRUPTED = "was interrupted";
const LAST_LINES = 15;

/** Runs a command to its end and answers what it printed on stdout. */
export async function command(name: string, args: string[], options: CommandOptions = {}): Promise<string> {
  const child = spawn(name, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ["ignore", "pipe", "pipe"],
    // Its own process group, so that stopping it also stops what it started (an installer's download).
    detached: true,
  });
  const stopped = watch(child, options);
  const lines: string[] = [];
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  for (const stream of [child.stdout, child.stderr]) {
    eachLine(stream, (line) => {
      if (options.secretOutput && !(stream === child.stderr && line.startsWith("error:"))) return;
      lines.push(line);
      if (lines.length > LAST_LINES) lines.shift();
      options.onLine?.(line);
    });
  }
  const ending = await ended(child);
  const reason = stopped() ?? ending;
  const commandLine = [name, ...args].join(" ");
  if (reason === INTERRUPTED) throw new Interrupted(commandLine);
  if (reason) throw new CommandFailed(commandLine, reason, lines.join("\n"));
  return stdout;
}

/** Enforces the limits; the function it returns tells which of them ended the command. */
function watch(child: ChildProcess, { silenceMs, timeoutMs }: CommandOptions): () => string | undefined {
  let reason: string | undefined;
  const stop = (why: string): void => {
    reason ??= why;
    killGroup(child);
  };
  const limit = timeoutMs && setTimeout(() => stop(`was stopped after ${timeoutMs / 1000} s`), timeoutMs);
  const silence =
    silenceMs &&
    setTimeout(() => stop(`was stopped: it printed nothing for ${silenceMs / 1000} s`), silenceMs);
  // The caller still cleans up what it had begun.
  const onInterrupt = (): void => stop(INTERRUPTED);
  process.once("SIGINT", onInterrupt).once("SIGTERM", onInterrupt);
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", () => silence && silence.refresh());
  child.on("close", () => {
    if (limit) clearTimeout(limit);
    if (silence) clearTimeout(silence);
    process.off("SIGINT", onInterrupt).off("SIGTERM", onInterrupt);
  });
  return () => reason;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended in the meantime.
  }
}

/** How the command failed, or undefined when it did not. */
function ended(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.on("error", (error) => resolve(`could not be started (${error.message})`));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(undefined);
      else resolve(code === null ? `ended by signal ${signal}` : `failed with exit code ${code}`);
    });
  });
}

function eachLine(stream: Readable, onLine: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split(/[\r\n]+/);
    rest = lines.pop() ?? "";
    lines.filter(Boolean).forEach(onLine);
  });
  stream.on("end", () => rest && onLine(rest));
}
