import { X509Certificate } from "node:crypto";
import { parseRouteTable } from "../../validation/route-table";
import type { MachineClock, DaemonFacts, Lifetime, MachineFacts } from "./doctor-facts";

/** One command per node for all of it: an exec or an SSH channel costs more than what it runs. */
export const SCRIPT = `
date +%s.%N
echo == disk
df -Pk "$1" 2>/dev/null | tail -n 1
echo == routes
cat /proc/net/route 2>/dev/null
echo == certificate
cat "$1/swarm/certificates/swarm-node.crt" 2>/dev/null
echo == daemon
cat /etc/docker/daemon.json 2>/dev/null
exit 0
`;

/** The folder that the certificate lies below; `info` tells another one where the engine answers. */
export const DEFAULT_DATA_FOLDER = "/var/lib/docker";

/** Reads what {@link SCRIPT} printed. `sent` and `received` are this machine's times around the command. */
export function readMachine(
  printed: string,
  sent: number,
  received: number,
): Pick<MachineFacts, "clock" | "disk" | "certificate" | "routes" | "daemon"> {
  const [date, disk = "", routes = "", certificate = "", daemon] = printed.split(/^== \w+\n/m);
  return {
    clock: readClock(date, sent, received),
    disk: readDisk(disk),
    routes: parseRouteTable(routes),
    certificate: readLifetime(certificate),
    daemon: daemon === undefined ? undefined : readSettings(daemon),
  };
}

/** The rest of the file may hold secrets, and is none of the facts. */
function readSettings(text: string): DaemonFacts | undefined {
  try {
    const settings = JSON.parse(text.trim() || "{}") as Record<string, unknown> & {
      features?: Record<string, unknown>;
    };
    const backend = settings["firewall-backend"];
    return {
      ...(typeof backend === "string" ? { firewallBackend: backend } : {}),
      ...(settings["live-restore"] === true ? { liveRestore: true } : {}),
      ...(settings.features?.["swarm-nftables"] === true ? { swarmNftables: true } : {}),
    };
  } catch {
    return undefined; // An engine that runs with it has not read it yet.
  }
}

function readClock(date: string, sent: number, received: number): MachineClock | undefined {
  const match = /^(\d+)(\.\d+)?/.exec(date);
  if (!match) return undefined;
  // A `date` without nanoseconds (busybox) tells the second that has begun.
  const seconds = Number(match[1]) + (match[2] ? Number(match[2]) : 0.5);
  return {
    offsetMs: seconds * 1000 - (sent + received) / 2,
    uncertaintyMs: (received - sent) / 2 + (match[2] ? 0 : 500),
  };
}

/** `df -P`: device, blocks, used, available, capacity, mount point. */
function readDisk(line: string): MachineFacts["disk"] {
  const [, size, , free, , folder] = line.trim().split(/\s+/);
  if (!folder || !(Number(size) > 0)) return undefined;
  return { folder, sizeKiB: Number(size), freeKiB: Number(free) };
}

/** The first certificate of a PEM file: the node's own. */
export function readLifetime(pem: string): Lifetime | undefined {
  try {
    const { validFrom, validTo } = new X509Certificate(pem);
    return { from: Date.parse(validFrom), to: Date.parse(validTo) };
  } catch {
    return undefined; // Not in a swarm, or not readable.
  }
}
