import { readFileSync, readdirSync, rmSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import * as path from "node:path";
import { isRunning } from "../../e2e/harness/processes";
import { output } from "../../e2e/harness/run";
import { vmEnvironment } from "./vm-tools";

/** Names of networks and of their folders: this, the process ID of the test, six characters by chance. */
const PREFIX = "pulumi-swarm-vm-";

export function networkName(id: string): string {
  return `${PREFIX}${process.pid}-${id}`;
}

/** This machine's end of a network's cable. Linux allows fifteen characters. */
export function cableOf(name: string): string {
  return `psvm-${name.slice(-6)}`;
}

/** Where a network and its hosts keep their files. */
export function folderOf(name: string): string {
  return path.join(tmpdir(), name);
}

export function ip(...args: string[]): Promise<string> {
  return output("ip", args, { env: vmEnvironment() });
}

/** What is there of a network: namespaces, interfaces and folders by name, processes by ID. */
export interface Traces {
  namespaces: string[];
  interfaces: string[];
  folders: string[];
  processes: number[];
}

export async function traces(name: string): Promise<Traces> {
  return {
    namespaces: (await namespaces()).filter((found) => found === name),
    interfaces: Object.keys(networkInterfaces()).filter((found) => found === cableOf(name)),
    folders: readdirSync(tmpdir()).filter((found) => found === name),
    processes: readdirSync("/proc")
      .filter((entry) => /^\d+$/.test(entry))
      .map(Number)
      .filter((pid) => commandLine(pid).includes(name)),
  };
}

/** Removes a namespace, with it all interfaces that begin or end there, and the files. Its processes have ended. */
export async function removeTraces(name: string): Promise<void> {
  if ((await namespaces()).includes(name)) await ip("netns", "delete", name);
  rmSync(folderOf(name), { recursive: true, force: true });
}

/** Removes what tests left that were killed; their machines died with them. */
export async function removeAbandoned(): Promise<void> {
  const names = new Set([...(await namespaces()), ...readdirSync(tmpdir())]);
  for (const name of names) {
    const owner = name.startsWith(PREFIX) && Number(name.slice(PREFIX.length).split("-")[0]);
    if (owner && !isRunning(owner)) await removeTraces(name);
  }
}

async function namespaces(): Promise<string[]> {
  const listed = await ip("netns", "list");
  return listed.split("\n").flatMap((line) => line.split(" ")[0] || []);
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return ""; // It has ended.
  }
}
