import { spawn, type ChildProcess } from "node:child_process";
import { PRELOAD } from "./preload";

/** How a child ended: one of the two is set. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface ChildOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  onStdout: (data: Buffer) => void;
  onStderr: (data: Buffer) => void;
}

const running = new Set<ChildProcess>();

/** Runs a Node.js script to its end. */
export function runNode(nodeArgs: string[], script: string[], options: ChildOptions): Promise<Ending> {
  const child = spawn(process.execPath, [PRELOAD, ...nodeArgs, ...script], {
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  return ended(child, options);
}

/** Runs a program that is no Node.js script to its end. */
export function runCommand(command: string, args: string[], options: ChildOptions): Promise<Ending> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return ended(child, options);
}

export function killChildren(): void {
  for (const child of running) child.kill("SIGKILL");
}

function ended(child: ChildProcess, options: ChildOptions): Promise<Ending> {
  running.add(child);
  child.stdout?.on("data", options.onStdout);
  child.stderr?.on("data", options.onStderr);
  return new Promise((resolve, reject) => {
    child.on("error", (error) => {
      running.delete(child);
      reject(error);
    });
    // "close" and not "exit": by then everything the child printed has been passed on.
    child.on("close", (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    });
  });
}
