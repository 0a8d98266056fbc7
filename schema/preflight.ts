import type { Connection } from "./connection";
import type { Owner } from "./owner";
import type { Role } from "./swarm";

/** One machine that is, or shall be, a node. */
export interface PreflightHost {
  /** Name of the node. */
  name: string;
  /** How it is reached. */
  connection: Connection;
  /** IPv4 address that the other nodes reach it at. */
  address: string;
  /** IPv4 address of the overlay networks' traffic. @default `address` */
  dataPathAddr?: string;
  /** Role of the node. */
  role: Role;
  /** Identity of the machine: another machine is looked at again. @default none */
  machine?: string;
}

/** What the machines are held against. */
export interface PreflightRules {
  /** UDP port of the overlay networks' VXLAN traffic. @default 4789 @change update @integer */
  dataPathPort?: number;
  /** IPv4 ranges that overlay networks are cut from. @default ["10.0.0.0/8"] @change update */
  defaultAddrPool?: string[];
  /** How far a clock may be from the median of all, such as "250ms". @default "250ms" @change update */
  maxOffset?: string;
  /** Accept Docker Engines before 25. @default false @change update */
  allowOldEngines?: boolean;
}

export interface PreflightInputs extends PreflightRules {
  /** Whose cluster it is. @change connection */
  owner: Owner;
  /** The machines. @change update */
  hosts: PreflightHost[];
  /** Look at nothing. @default false @change update */
  skip?: boolean;
}

export interface PreflightOutputs {
  /** When the machines were looked at last, as an RFC 3339 time; empty where `skip` was set. */
  checkedAt: string;
}

/** A port that nodes need of each other: "2377/tcp", "7946/tcp", "7946/udp", or that of the data path. */
export type Port = `${number}/${"tcp" | "udp"}`;

/** Everything that was seen, not judged yet. */
export interface PreflightReport {
  dataPathPort: number;
  hosts: HostReport[];
  /** Every pair of hosts in both directions. */
  links: LinkReport[];
}

export interface HostReport {
  name: string;
  role: Role;
  address: string;
  /** Why it could not be asked; then it is in no measurement. */
  failure?: string;
  engine?: EngineReport;
  /** `/etc/machine-id`. */
  machineId?: string;
  hostname?: string;
  /** IPv4 networks that it has an interface in or a route to, the default route left out. */
  routes: Route[];
  /** Interface → its MTU in bytes. */
  mtus: Record<string, number>;
  /** Who listens at each port that others need of it. */
  ports: Record<Port, Listener>;
  /** Its clock less that of the machine that ran the preflight. */
  clock?: Clock;
}

/** A network that a machine has an interface in or a route to; not the default route. */
export interface Route {
  /** Name of the interface. */
  device: string;
  /** IPv4 range in CIDR form. */
  range: string;
}

/** The preflight's own listener, a program that was there before (of a member: its engine), or why nothing could listen. */
export type Listener = "own" | "used" | `failed ${string}`;

export interface EngineReport {
  /** Why it did not answer; then the rest is missing. */
  failure?: string;
  version?: string;
  /** Identity of the engine, made at its first start: a copied machine has that of its original. */
  id?: string;
  /** Whether it is in a swarm: then its own listeners hold the ports. */
  inSwarm?: boolean;
  /** Whether it is a member that takes no part: locked, or still on its way in. Nobody listens at its ports then. */
  asleep?: boolean;
}

export interface Clock {
  offsetMs: number;
  /** The true offset is that far away at most. */
  uncertaintyMs: number;
}

export interface LinkReport {
  from: string;
  to: string;
  probes: Probe[];
  /** Quickest round trip in milliseconds. */
  rttMs?: number;
  /** Clock of `to` less that of `from`. */
  clock?: Clock;
  /** Largest IPv4 packet in bytes that arrived whole, of the sizes that were tried. */
  pathMtu?: number;
  /** MTU in bytes of the interface that `from` sends through. */
  interfaceMtu?: number;
}

/** What became of a connection or a packet to one port. */
export interface Probe {
  port: Port;
  /** `unknown`: another program or the engine of a member has the port, so nothing listened there for a packet. */
  state: "ok" | "blocked" | "unknown";
  /** Why it is blocked: "no answer", "refused", … */
  reason?: string;
}
