import type { Listener, Port, Route } from "../../schema/preflight";
import { defaultDeviceOf, parseRouteTable } from "../../validation/route-table";

/**
 * What the preflight and its agents (agent.pl, agent.py) say to each other: lines of words with one space between.
 *
 *     agent      hello
 *     preflight  listen NONCE NUMBER DATA-PATH-PORT MANAGER MEMBER
 *     agent      machine-id ID | hostname NAME | route LINE | mtu DEVICE BYTES | port PORT own|used|failed WHY …
 *     agent      ready
 *     preflight  probe PEER PORT ADDRESS OWN MEASURE …          when all are ready
 *     preflight  go SECONDS                                     and report by then
 *     agent      time SECONDS                                   at once, for the clock
 *     agent      probe PEER PORT RTT|- RESULT | path PEER RTT OFFSET MTU|- …
 *     agent      done
 *     preflight  end                                            when all are done
 *     agent      heard PEER PORT SIZE …
 *     agent      bye
 *
 * Machines are numbers here. Datagrams carry the nonce of the run, so nobody else gets an answer.
 */
export interface Peer {
  number: number;
  port: Port;
  address: string;
  /** Whether an agent listens there. */
  own: boolean;
  /** Whether sizes are tried on this port. */
  measure: boolean;
}

/** What an agent shall listen at. A member listens at nothing: its engine may need the ports at any moment. */
export interface ListenOrder {
  nonce: string;
  number: number;
  dataPathPort: number;
  manager: boolean;
  member: boolean;
}

export function listenLine({ nonce, number, dataPathPort, manager, member }: ListenOrder): string {
  return `listen ${nonce} ${number} ${dataPathPort} ${manager ? 1 : 0} ${member ? 1 : 0}\n`;
}

/** @param seconds - for all probes; a lost SYN is sent again after 1 s */
export function goLines(peers: readonly Peer[], seconds: number): string {
  const lines = peers.map(
    ({ number, port, address, own, measure }) =>
      `probe ${number} ${port} ${address} ${own ? 1 : 0} ${measure ? 1 : 0}\n`,
  );
  return `${lines.join("")}go ${seconds}\n`;
}

export const END_LINE = "end\n";

/** What an agent tells before it is ready. */
export interface AgentFacts {
  machineId?: string;
  hostname?: string;
  routes: Route[];
  /** Interface of the default route. */
  defaultDevice?: string;
  mtus: Record<string, number>;
  ports: Record<Port, Listener>;
}

export interface ProbeResult {
  peer: number;
  port: Port;
  rttMs?: number;
  /** `ok`, `silent`, `refused`, `unreachable`, `cut`, `stranger NUMBER` or `failed WHY`. */
  result: string;
}

export interface PathResult {
  peer: number;
  rttMs: number;
  /** The peer's clock less the agent's. */
  offsetMs: number;
  mtu?: number;
}

export interface Heard {
  peer: number;
  port: Port;
  /** Largest measured size that arrived; 0 where only short packets did. */
  size: number;
}

export interface AgentResults {
  probes: ProbeResult[];
  paths: PathResult[];
}

export function readFacts(lines: readonly string[]): AgentFacts {
  const words = lines.map((line) => line.split(" "));
  const after = (first: string) => words.filter(([word]) => word === first).map(([, ...rest]) => rest);
  const routeTable = after("route")
    .map((rest) => rest.join(" "))
    .join("\n");
  return {
    machineId: after("machine-id")[0]?.[0],
    hostname: after("hostname")[0]?.[0],
    routes: parseRouteTable(routeTable),
    defaultDevice: defaultDeviceOf(routeTable),
    mtus: Object.fromEntries(after("mtu").map(([device, bytes]) => [device, Number(bytes)])),
    ports: Object.fromEntries(after("port").map(([port, ...state]) => [port, state.join(" ") as Listener])),
  };
}

export function readResults(lines: readonly string[]): AgentResults {
  const words = lines.map((line) => line.split(" "));
  return {
    probes: words
      .filter(([word]) => word === "probe")
      .map(([, peer, port, rtt, ...result]) => ({
        peer: Number(peer),
        port: port as Port,
        rttMs: rtt === "-" ? undefined : Number(rtt) * 1000,
        result: result.join(" "),
      })),
    paths: words
      .filter(([word]) => word === "path")
      .map(([, peer, rtt, offset, mtu]) => ({
        peer: Number(peer),
        rttMs: Number(rtt) * 1000,
        offsetMs: Number(offset) * 1000,
        mtu: mtu === "-" ? undefined : Number(mtu),
      })),
  };
}

export function readHeard(lines: readonly string[]): Heard[] {
  return lines
    .map((line) => line.split(" "))
    .filter(([word]) => word === "heard")
    .map(([, peer, port, size]) => ({ peer: Number(peer), port: port as Port, size: Number(size) }));
}
