import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** When a process of this machine has started, in its system's own terms, which tell it from a later one of the same ID. */
export type ProcessStart = string;

/** Nothing where there is no such process. */
export function startOf(pid: number): ProcessStart | undefined {
  try {
    return process.platform === "linux" ? fromProc(pid) : fromPs(pid);
  } catch {
    return undefined;
  }
}

/** Field 22, after the name in brackets, which may hold anything. Source: proc_pid_stat(5). */
function fromProc(pid: number): ProcessStart {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}

function fromPs(pid: number): ProcessStart | undefined {
  return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined;
}
