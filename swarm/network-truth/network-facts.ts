/** What the managers say of the overlay networks: the truth that every node's tables are held against. */
export interface Records {
  networks: NetworkRecord[];
  services: ServiceRecord[];
  tasks: TaskRecord[];
  nodes: NodeRecord[];
}

export interface NetworkRecord {
  id: string;
  name: string;
  isIngress: boolean;
  isEncrypted: boolean;
  /** IPv4 and IPv6 ranges in CIDR form. */
  subnets: string[];
  /** MTU that the path between nodes must have: the driver's option, or the driver's default. */
  pathMtu: number;
}

export interface ServiceRecord {
  id: string;
  name: string;
  /** Virtual address by network ID; none where its names lead to its tasks (dnsrr). */
  vips: Record<string, string>;
}

export interface TaskRecord {
  id: string;
  /** As `docker service ps` shows it: "web.1". */
  name: string;
  serviceId: string;
  nodeId: string;
  /** Address by network ID. */
  addresses: Record<string, string>;
  /** It runs and is meant to: names and balancers must lead to it. Any other live task may be among theirs. */
  isServing: boolean;
  /** Process in its network namespace, on its node. */
  pid?: number;
}

export interface NodeRecord {
  id: string;
  name: string;
  /** Where the managers see it. */
  address: string;
}

/** What one node holds. What could not be looked at is missing. */
export interface NodeLook {
  node: string;
  /** Why the node could not be looked at. */
  failure?: string;
  /** Programs that the look needs and the node lacks. */
  lacks: string[];
  /** Its own IPv4 addresses. */
  addresses: string[];
  networks: Record<string, NodeNetwork>;
  paths: Path[];
}

/** The way from a node to another one. */
export interface Path {
  to: string;
  device: string;
  mtu: number;
}

/** A network as a node that takes part in it has it. */
export interface NodeNetwork {
  /** Of its own containers, and of its load balancer. */
  endpoints: Endpoint[];
  entries?: Entries;
  answers?: Answers;
  balancer?: Balancer;
}

export interface Endpoint {
  /** Of the container: "web.1.<task ID>", or of the load balancer. */
  name: string;
  ip: string;
  mac: string;
}

/** The kernel's tables in the network's namespace, as far as they lead to other nodes. */
export interface Entries {
  namespace: string;
  device: string;
  neighbours: { ip: string; mac: string }[];
  forwarding: { mac: string; to: string }[];
}

/** What the engine's DNS server answered in the namespace of a task. */
export interface Answers {
  asker: string;
  byName: Record<string, string[]>;
}

/** What IPVS does in the namespace of the network's load balancer. */
export interface Balancer {
  /** Whether the kernel has IPVS at all. */
  isThere: boolean;
  /** Firewall mark by virtual address. */
  marks: Record<string, string>;
  /** Where it sends what has a mark; weight 0 takes nothing new. */
  destinations: Record<string, { ip: string; weight: number }[]>;
}
