import { spawn, type ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";

/** A command that has ended, whatever its exit code. */
export interface Ended {
  /** The command line. */
  command: string;
  /** Exit code; null when a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  input?: string;
  /** Milliseconds after which the command is killed and the test fails. @default 300000 */
  timeoutMs?: number;
}

/** A command that runs; `ended` is fulfilled at its end and rejected only where it could not start or hung. */
export interface Running {
  child: ChildProcess;
  ended: Promise<Ended>;
}

const TIMEOUT_MS = 300_000;

export function start(name: string, args: string[], options: RunOptions = {}): Running {
  const { cwd, env, input, timeoutMs = TIMEOUT_MS } = options;
  const command = [name, ...args].join(" ");
  const child = spawn(name, args, { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => undefined).end(input);
  const stdout = textOf(child.stdout);
  const stderr = textOf(child.stderr);
  const ended = new Promise<Ended>((resolve, reject) => {
    const limit = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`\`${command}\` did not end within ${timeoutMs / 1000} s:\n${stdout()}${stderr()}`));
    }, timeoutMs);
    child.on("error", (error) => {
      clearTimeout(limit);
      reject(new Error(`\`${command}\` could not be started: ${error.message}`));
    });
    const end = (code: number | null): void => {
      clearTimeout(limit);
      resolve({ command, code, stdout: stdout(), stderr: stderr() });
    };
    child.on("close", end);
    // What a killed command leaves running keeps its pipes open, so there is no "close" for long.
    child.on("exit", (code, signal) => signal && end(code));
  });
  // A test that kills the command looks at its end later or never.
  ended.catch(() => undefined);
  return { child, ended };
}

/** Runs a command to its end, whatever that is. */
export function run(name: string, args: string[], options: RunOptions = {}): Promise<Ended> {
  return start(name, args, options).ended;
}

/** Runs a command that has to succeed, and answers what it printed. */
export async function output(name: string, args: string[], options: RunOptions = {}): Promise<string> {
  const ended = await run(name, args, options);
  return expectSuccess(ended).stdout.trim();
}

/** Waits until a running command has printed something. */
export function printed({ child, ended }: Running, text: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = "";
    child.stdout?.on("data", (chunk: Buffer | string) => {
      seen += String(chunk);
      if (text.test(seen)) resolve();
    });
    void ended.then(() => reject(new Error(`It ended without ${String(text)}:\n${seen}`)));
  });
}

export function expectSuccess<E extends Ended>(ended: E): E {
  if (ended.code === 0) return ended;
  throw new Error(
    `\`${ended.command}\` failed with exit code ${ended.code}:\n${ended.stdout}${ended.stderr}`,
  );
}

function textOf(stream: Readable): () => string {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  return () => text;
}
