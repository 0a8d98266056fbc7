import type { Connection, ManagerRef, SwarmRef } from "./connection";
import type { Owner } from "./owner";

/** Settings of a swarm. What is left out keeps the engine's default, or what it was set to by hand. @settings */
export interface SwarmSettings {
  /**
   * IPv4 ranges that overlay networks are cut from. Only at init: a change replaces the swarm. @default ["10.0.0.0/8"]
   * @change replace
   */
  defaultAddrPool?: string[];
  /** Prefix length of each overlay network cut from the pools. Only at init. @default 24 @change replace @integer */
  subnetSize?: number;
  /**
   * UDP port of the overlay networks' VXLAN traffic, 1024–49151. Only at init. @default 4789
   * @change replace @integer
   */
  dataPathPort?: number;
  /** Finished tasks that are kept per slot for `docker service ps`. @default 5 @change update */
  taskHistoryRetentionLimit?: number;
  /** Raft log entries between two snapshots. @default 10000 @change update */
  snapshotInterval?: number;
  /** Snapshots kept beside the newest one. @default 0 @change update */
  keepOldSnapshots?: number;
  /** Raft log entries kept for slow followers after a snapshot. @default 500 @change update */
  logEntriesForSlowFollowers?: number;
  /** Time between two signs of life of a node, such as "5s". @default "5s" @change update */
  dispatcherHeartbeatPeriod?: string;
  /** Life of the nodes' certificates, at least "1h", such as "2160h". @default "2160h" (90 days) @change update */
  nodeCertExpiry?: string;
  /**
   * Encrypt the managers' raft keys; a restarted manager then waits for the unlock key. @default false
   * @change update
   */
  autoLockManagers?: boolean;
  /** A new number rotates the root CA certificate. @change update */
  caForceRotate?: number;
  /**
   * How long an update waits until every node has a certificate of the new root CA, such as "5m". @default "5m"
   * @change connection
   */
  caRotationTimeout?: string;
  /** Any new value rotates the workers' join token. Members stay members. @change update */
  rotateWorkerToken?: string;
  /** Any new value rotates the managers' join token. Members stay members. @change update */
  rotateManagerToken?: string;
  /** Any new value rotates the unlock key (with `autoLockManagers`). @change update */
  rotateUnlockKey?: string;
  /** Age at which an update rotates the workers' join token, such as "30d". @default never by age @change update */
  rotateWorkerTokenEvery?: string;
  /** Age at which an update rotates the managers' join token, such as "30d". @default never by age @change update */
  rotateManagerTokenEvery?: string;
  /**
   * Age at which an update rotates the unlock key (with `autoLockManagers`), such as "90d". @default never by age
   * @change update
   */
  rotateUnlockKeyEvery?: string;
}

/** Where a node listens and what it tells the others. */
export interface NodeAddresses {
  /** Address and port the manager API listens at. Only at init or join. @default "0.0.0.0:2377" @change replace */
  listenAddr?: string;
  /** Address that other nodes reach this one at. Only at init or join. @change replace */
  advertiseAddr: string;
  /** Address of the overlay networks' traffic. Only at init or join. @default the advertised address @change replace */
  dataPathAddr?: string;
}

export interface SwarmInputs extends SwarmSettings {
  /** Whose it is: its labels say so. @change owner */
  owner: Owner;
  /** Machines that may become the first manager, or that are managers already. @change connection */
  managers: (ManagerRef & NodeAddresses)[];
  /**
   * Whether the machines die with the cluster: a swarm without labels on such a machine can only be ours.
   * @change connection
   */
  ephemeral: boolean;
  /** Take over a swarm that carries no labels of ours. @default false @change connection */
  adopt?: boolean;
  /**
   * Whether no manager waits for the unlock key; what `refresh` finds locked is unlocked by the next update.
   * @change update
   */
  unlocked: boolean;
}

export interface SwarmOutputs {
  /** Cluster ID: the identity of the swarm. */
  clusterId: string;
  /** What a manager joins with. @secret */
  managerToken: string;
  /** What a worker joins with. @secret */
  workerToken: string;
  /** What unlocks a manager after a restart; empty without `autoLockManagers`. @secret */
  unlockKey: string;
  /** Earlier unlock keys, newest first: a manager that was down while the key was rotated needs one of them. @secret */
  previousUnlockKeys: string[];
  /** When the workers' join token was made, as an RFC 3339 time. */
  workerTokenRotatedAt: string;
  /** When the managers' join token was made, as an RFC 3339 time. */
  managerTokenRotatedAt: string;
  /** When the unlock key was made, as an RFC 3339 time; empty without `autoLockManagers`. */
  unlockKeyRotatedAt: string;
  /** Root CA certificate in PEM form. */
  caCertificate: string;
  /** When the swarm was initialised, as an RFC 3339 time. */
  createdAt: string;
}

export type Role = "manager" | "worker";
export type Availability = "active" | "pause" | "drain";

/** How much of a cluster may be out of service at once while it is changed. */
export interface DisruptionBudget {
  /** Workers that may be out of service at the same time; managers always go one by one. @default 1 @integer */
  maxUnavailable?: number;
  /** How long the tasks of a node get to run elsewhere before it goes, such as "5m". @default "5m" */
  drainTimeout?: string;
  /** What happens at the end of `drainTimeout`: the update fails, or the node goes all the same. @default "fail" */
  onDrainTimeout?: "fail" | "continue";
}

export interface SwarmNodeInputs extends SwarmRef, NodeAddresses {
  /** Whose swarm it is a member of. Missing in states from before nodes were told. @change connection */
  owner?: Owner;
  /** Name of the node. @change replace */
  name: string;
  /** How it is reached. @change connection */
  connection: Connection;
  /** Identity of the machine; another machine is another member. @change replace */
  machine: string;
  /**
   * Whether the machine dies with the cluster, so that what it was a member of before does not matter.
   * @change connection
   */
  ephemeral: boolean;
  /** Role of the node in the swarm. @change update */
  role: Role;
  /**
   * Whether commands follow the join of a manager: by then its own engine has to serve as one. @default false
   * @change connection
   */
  afterJoin?: boolean;
  /**
   * What a change of this node may cost the others. @default one worker at a time, five minutes to drain
   * @change connection
   */
  disruption?: DisruptionBudget;
  /** Refuse to take it out of the swarm while volumes of services lie on its machine. @default false @change connection */
  protectVolumes?: boolean;
  /** Volumes whose files outlive its machine, each with what tells its disk from others. @default none @change connection */
  disks?: Record<string, string>;
  /**
   * Set by `refresh` alone: why the node is not Ready, so that the next update waits until it is, or fails.
   * @change update
   */
  drift?: string[];
  /** Join token of the role. @change connection @secret */
  joinToken: string;
}

export interface SwarmNodeOutputs {
  /** ID of the node in the swarm. */
  nodeId: string;
}

/** What the program sets of a member: the Engine API's NodeSpec without the role, which goes with the membership. */
export interface NodeSettings {
  /** ID of the node in the swarm. */
  nodeId: string;
  /** Whether the node takes tasks: `pause` takes no new ones, `drain` gives up those that it has. */
  availability: Availability;
  /** Labels of the node. Labels that others set are left alone, unless `exclusiveLabels` says otherwise. */
  labels: Record<string, string>;
  /** Whether labels that are not in `labels` are taken off. @default false */
  exclusiveLabels?: boolean;
}

export interface NodeSpecsInputs extends SwarmRef {
  /** Whose swarm the nodes are members of. Missing in states from before nodes were told. @change connection */
  owner?: Owner;
  /** Every node of the cluster, by its name. @change update */
  nodes: Record<string, NodeSettings>;
  /** Whether the machines die with the cluster, so that nothing has to end on them before. @change connection */
  ephemeral: boolean;
  /** What a change may cost. @default one worker at a time, five minutes to drain @change connection */
  disruption?: DisruptionBudget;
  /** Spread services anew when nodes have begun to take tasks: those that joined, or came back. @default false @change connection */
  rebalance?: boolean;
  /**
   * Refuse that a node leaves while volumes of services lie on its machine. A swarm that goes as a whole is not refused.
   * @default false: it is a warning
   * @change connection
   */
  protectVolumes?: boolean;
}
