import type { NetworkTruth } from "../../swarm/network-truth/network-truth";
import type { NetworkInspect } from "../../docker/api/network";
import type { Service } from "../../docker/api/service";
import type { SwarmNodeInspect } from "../../docker/api/node";
import type { SwarmInspect } from "../../docker/api/swarm";
import type { Task } from "../../docker/api/task";
import type { Role } from "../../schema/swarm";
import type { Route } from "../../schema/preflight";
import type { RecordedCluster } from "../../schema/cluster-record";

/** Everything that the rules judge, gathered once. Times are milliseconds since 1970. */
export interface DoctorFacts {
  /** By the clock of this machine. */
  now: number;
  wanted: RecordedCluster;
  /** Missing where no manager could answer for the swarm. */
  swarm?: SwarmFacts;
  /** Why it is missing. */
  swarmFailure?: string;
  /** Every node that the program asks for, asked by itself. */
  machines: MachineFacts[];
  /** The nodes' networks against what the managers say of them; missing where no manager could answer. */
  network?: NetworkTruth;
}

/** The swarm as its managers see it. */
export interface SwarmFacts {
  inspect: SwarmInspect;
  nodes: SwarmNodeInspect[];
  services: Service[];
  tasks: Task[];
  overlays: NetworkInspect[];
}

/** What a node says of itself; what could not be learned is missing. */
export interface MachineFacts {
  name: string;
  role: Role;
  /** What dies together with the node: the host of its container, or the machine itself. */
  host: string;
  /** Whether the node is a container of a Docker Engine. */
  isContainer: boolean;
  /** `/_ping`'s own word: "active/manager", "locked", … */
  swarmState?: string;
  /** Why the machine or its engine could not be asked. */
  failure?: string;
  clock?: MachineClock;
  /** The disk under the engine's data folder. */
  disk?: { folder: string; sizeKiB: number; freeKiB: number };
  /** Life of the node's swarm certificate. */
  certificate?: Lifetime;
  routes: Route[];
  /** Settings of its engine that decide whether it may be in a swarm. */
  daemon?: DaemonFacts;
}

/** What of `/etc/docker/daemon.json` matters to a swarm. */
export interface DaemonFacts {
  firewallBackend?: string;
  liveRestore?: boolean;
  /** The switch of Engine 29.7 that lets nftables into a swarm. */
  swarmNftables?: boolean;
}

export interface MachineClock {
  /** Its clock less this machine's, in milliseconds. */
  offsetMs: number;
  /** Half of the round trip: the true offset is that far away at most. */
  uncertaintyMs: number;
}

export interface Lifetime {
  from: number;
  to: number;
}
