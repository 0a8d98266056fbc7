import { existsSync, readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import * as path from "node:path";
import { askPulumi, type PulumiRun } from "./pulumi-run";
import { stateBackend } from "./state";

/** The content of a lock file of Pulumi's file backend. */
export interface StackLock {
  pid: number;
  username: string;
  hostname: string;
  timestamp: string;
}

/**
 * Removes the lock that a killed `pulumi` left in the project's own state. Only when every process that holds one was
 * on this machine and is gone; otherwise the CLI itself reports the lock.
 */
export async function removeDeadLocks(stack: string, run: PulumiRun): Promise<void> {
  const backend = stateBackend(run.cwd, run.env);
  if (backend.kind === "login") return;
  const locks = stackLocks(backend.folder, stack);
  if (locks.length === 0 || !locks.every((lock) => isDead(lock))) return;
  await askPulumi(["cancel", stack, "--yes"], run);
  for (const lock of locks) {
    console.error(`✓ Removed the lock that a killed pulumi (process ${lock.pid}) left at ${lock.timestamp}.`);
  }
}

export function stackLocks(stateFolder: string, stack: string): StackLock[] {
  const locks = path.join(stateFolder, ".pulumi", "locks");
  if (!existsSync(locks)) return [];
  return readdirSync(locks, { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && entry.name.endsWith(".json") && path.basename(entry.parentPath) === stack,
    )
    .map((entry) => JSON.parse(readFileSync(path.join(entry.parentPath, entry.name), "utf8")) as StackLock);
}

export function isDead(lock: StackLock, host = hostname(), isRunning = isPulumiRunning): boolean {
  return lock.hostname === host && !isRunning(lock.pid);
}

/** Process IDs are used again, so a running process counts only when it is a Pulumi CLI. */
function isPulumiRunning(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("pulumi");
  } catch {
    // No such process, or a system without /proc.
  }
  if (existsSync("/proc/self/comm")) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
