import type { LinkReport, Port, Probe } from "../../schema/preflight";
import type { Role } from "../../schema/swarm";
import { includesAddress, parseAddress, parseCidr } from "../../validation/cidr";
import type { AgentFacts } from "./agent-protocol";
import type { AgentRun } from "./agent-run";

/** The ports that the other nodes need of a node (docs.docker.com/engine/swarm/swarm-tutorial, "Open protocols and ports"). */
export function portsOf(role: Role, dataPathPort: number): Port[] {
  return [
    ...(role === "manager" ? ["2377/tcp" as const] : []),
    "7946/tcp",
    "7946/udp",
    `${dataPathPort}/udp`,
  ];
}

/** Every pair of machines whose agents came to the end, in both directions. */
export function linksOf(runs: readonly AgentRun[], dataPathPort: number): LinkReport[] {
  const whole = runs.filter(({ heard }) => heard !== undefined);
  return whole.flatMap((from) =>
    whole.filter((to) => to !== from).map((to) => linkOf(from, to, runs, dataPathPort)),
  );
}

function linkOf(from: AgentRun, to: AgentRun, runs: readonly AgentRun[], dataPathPort: number): LinkReport {
  const [fromNumber, toNumber] = [runs.indexOf(from), runs.indexOf(to)];
  const path = from.paths?.find(({ peer }) => peer === toNumber);
  const connected = (from.probes ?? []).flatMap(({ peer, rttMs }) =>
    peer === toNumber && rttMs !== undefined ? [rttMs] : [],
  );
  const roundTrips = [...(path ? [path.rttMs] : []), ...connected];
  const heard = (to.heard ?? []).filter(({ peer }) => peer === fromNumber);
  const sizes = [...heard.map(({ size }) => size), path?.mtu ?? 0];
  return {
    from: from.machine.name,
    to: to.machine.name,
    probes: portsOf(to.machine.role, dataPathPort).map((port) => probeOf(from, to, port, runs)),
    rttMs: roundTrips.length > 0 ? Math.min(...roundTrips) : undefined,
    clock: path && { offsetMs: path.offsetMs, uncertaintyMs: path.rttMs / 2 },
    pathMtu: Math.max(...sizes) || undefined,
    interfaceMtu: from.facts?.mtus[deviceTo(to.machine.address, from.facts) ?? ""],
  };
}

/** A packet that was heard has arrived, whatever became of its answer: that one is the other direction's. */
function probeOf(from: AgentRun, to: AgentRun, port: Port, runs: readonly AgentRun[]): Probe {
  const listener = to.facts?.ports[port];
  if (port.endsWith("/udp") && listener === "used") return { port, state: "unknown" };
  if (listener?.startsWith("failed "))
    return { port, state: "blocked", reason: listener.slice("failed ".length) };
  if (to.heard?.some((one) => one.peer === runs.indexOf(from) && one.port === port))
    return { port, state: "ok" };
  const result = from.probes?.find((probe) => probe.peer === runs.indexOf(to) && probe.port === port)?.result;
  if (result === "ok") return { port, state: "ok" };
  // An update may well unlock it, after this.
  if (to.machine.engine?.asleep) return { port, state: "unknown" };
  return { port, state: "blocked", reason: reasonOf(result ?? "silent", runs) };
}

function reasonOf(result: string, runs: readonly AgentRun[]): string {
  const [word, ...rest] = result.split(" ");
  switch (word) {
    case "silent":
      return "no answer";
    case "cut":
      return "the connection was cut";
    case "stranger":
      return `${runs[Number(rest[0])]?.machine.name ?? "another machine"} answers at that address`;
    case "failed":
      return rest.join(" ");
    default:
      return word;
  }
}

/** As the kernel chooses: the most specific route. */
function deviceTo(address: string, { routes, defaultDevice }: AgentFacts): string | undefined {
  const to = parseAddress(address) ?? 0;
  const fitting = routes
    .map(({ device, range }) => ({ device, cidr: parseCidr(range) }))
    .filter(({ cidr }) => cidr && includesAddress(cidr, to))
    .sort((a, b) => (b.cidr?.prefix ?? 0) - (a.cidr?.prefix ?? 0));
  return fitting[0]?.device ?? defaultDevice;
}
