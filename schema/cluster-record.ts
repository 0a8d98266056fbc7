import type { Connection, ManagerRef } from "./connection";
import type { DeployedService } from "./stack";
import type { Owner } from "./owner";
import type { Availability, Role } from "./swarm";

/** What the state has of a cluster for the commands that work on it: its component registers it as its output `record`. */
export interface ClusterRecord {
  cluster: string;
  owner: Owner;
  /** Cluster ID of the swarm. */
  clusterId: string;
  managers: ManagerRef[];
  /** The nodes that the program asks for. */
  nodes: RecordedNode[];
  /** Whether another program makes the swarm: then nobody here asks for nodes. @default false */
  isExisting?: boolean;
  /** When the join tokens were rotated last, as RFC 3339 times. @default when the swarm was initialised */
  tokens?: { workerRotatedAt?: string; managerRotatedAt?: string };
}

export interface RecordedNode {
  name: string;
  role: Role;
  availability: Availability;
  labels: Record<string, string>;
  /** How its machine is reached. */
  connection: Connection;
  /** At which the others reach it. */
  address: string;
  /** Where any tool on the machine that made the cluster reaches its engine, as in DOCKER_HOST. @default by a proxy only */
  dockerHost?: string;
}

/** The same with what the program deploys on it. */
export interface RecordedCluster extends ClusterRecord {
  /** Stacks, and services that are one each: name → services. */
  stacks: Record<string, DeployedService[]>;
  /** Jobs: name → their service, as soon as one has ended well. @default none */
  jobs?: Record<string, DeployedService[]>;
  /** Stacks and jobs whose last update failed → why. @default none */
  failed?: Record<string, string>;
}
