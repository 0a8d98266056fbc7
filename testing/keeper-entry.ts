import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { excessOf, socketsHome } from "../foundation/cluster-sockets";
import type { Owner } from "../schema/owner";
import type { ClusterShape } from "./local-cluster";
import { startOf, type ProcessStart } from "./process-start";

/** What of the environment says which engine is meant: whoever removes what is left has to ask the same one. */
const ENGINE_VARIABLES = [
  "DOCKER_HOST",
  "DOCKER_CONTEXT",
  "DOCKER_CONFIG",
  "DOCKER_TLS",
  "DOCKER_TLS_VERIFY",
  "DOCKER_CERT_PATH",
];

/** Who runs the tests: the process that has started this one, which is the same for all files of a run. */
export interface TestRun {
  pid: number;
  start?: ProcessStart;
}

/** What is written down of a test swarm before anything of it is made: enough to remove it. */
export interface KeeperEntry {
  owner: Owner;
  shape: ClusterShape;
  run: TestRun;
  /** Whether another file of the run may get it. */
  reuse: boolean;
  /** The machine whose processes are meant. */
  host: string;
  environment: Record<string, string>;
}

export function newEntry(owner: Owner, shape: ClusterShape, reuse: boolean): KeeperEntry {
  const environment = Object.fromEntries(
    ENGINE_VARIABLES.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  return { owner, shape, run: thisRun(), reuse, host: hostname(), environment };
}

export function thisRun(): TestRun {
  return { pid: process.ppid, start: startOf(process.ppid) };
}

/** Beside the sockets of clusters: the path of a socket is short, and nobody else may enter that folder. */
function folder(): string {
  return path.join(socketsHome(), "testing");
}

/** @throws Error where the path would be too long for a socket. */
export function socketOf({ cluster }: Owner): string {
  const socket = path.join(folder(), `${cluster}.sock`);
  if (excessOf(socket) > 0)
    throw new Error(
      `The path ${socket} is ${excessOf(socket)} bytes longer than a socket's may be. Set PULUMI_SWARM_SOCKETS to a folder with a shorter path.`,
    );
  return socket;
}

function fileOf({ cluster }: Owner): string {
  return path.join(folder(), `${cluster}.json`);
}

export function makeFolder(): void {
  mkdirSync(folder(), { recursive: true, mode: 0o700 });
  for (const one of [socketsHome(), folder()]) chmodSync(one, 0o700);
}

/** In one step, so that nobody reads half of it. */
export function writeEntry(entry: KeeperEntry): void {
  const file = fileOf(entry.owner);
  writeFileSync(`${file}.new`, JSON.stringify(entry), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function removeEntry({ owner }: KeeperEntry): void {
  rmSync(fileOf(owner), { force: true });
}

/** The test swarms that this machine's user has, or had when their processes were killed. */
export function readEntries(): KeeperEntry[] {
  return namesIn(folder())
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => {
      try {
        return [JSON.parse(readFileSync(path.join(folder(), name), "utf8")) as KeeperEntry];
      } catch {
        // Its keeper has removed it meanwhile.
        return [];
      }
    })
    .filter(({ host }) => host === hostname());
}

function namesIn(place: string): string[] {
  try {
    return readdirSync(place);
  } catch {
    return [];
  }
}
