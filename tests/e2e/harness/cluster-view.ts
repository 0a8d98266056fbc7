import { docker } from "./docker";
import { containersOf } from "./leftovers";

/** One node as `docker node inspect` shows it. */
export interface Node {
  ID: string;
  Spec: { Labels?: Record<string, string>; Role: string; Availability: string };
  Description: { Hostname: string };
  Status: { State: string; Addr: string };
  ManagerStatus?: { Leader?: boolean; Reachability: string };
}

export interface ClusterInfo {
  ID: string;
  Spec: Record<string, Record<string, unknown>>;
  TLSInfo: { TrustRoot: string };
  DefaultAddrPool: string[];
}

/** Looks at a cluster from the inside, with the docker CLI of its first manager: it shares no code with the product. */
export class ClusterView {
  constructor(
    readonly cluster: string,
    readonly manager = "manager-1",
    /** Containers of the nodes by name, where they are not called after them: a replaced one gets a number. */
    private readonly machines: Readonly<Record<string, string>> = {},
  ) {}

  /** A docker command inside of a node; a manager by default. */
  docker(...args: string[]): Promise<string> {
    return this.dockerOn(this.manager, ...args);
  }

  dockerOn(node: string, ...args: string[]): Promise<string> {
    return docker("exec", this.containerOf(node), "docker", ...args);
  }

  containerOf(node: string): string {
    return this.machines[node] ?? `${this.cluster}-${node}`;
  }

  async nodeIds(): Promise<string[]> {
    return (await this.docker("node", "ls", "--quiet")).split("\n").filter(Boolean);
  }

  async nodes(): Promise<Node[]> {
    const ids = await this.nodeIds();
    const nodes = JSON.parse(await this.docker("node", "inspect", ...ids)) as Node[];
    // Every node has its name as a label; tests speak of the others.
    for (const { Spec } of nodes) delete Spec.Labels?.["pulumi-swarm.node"];
    return nodes.sort((a, b) => a.Description.Hostname.localeCompare(b.Description.Hostname));
  }

  async node(name: string): Promise<Node> {
    const found = (await this.nodes()).filter(({ Description }) => Description.Hostname === name);
    if (found.length !== 1) throw new Error(`${found.length} nodes are called ${name}.`);
    return found[0];
  }

  /** Name of the leader as this manager knows it. */
  async leader(): Promise<string> {
    const leader = (await this.nodes()).find(({ ManagerStatus }) => ManagerStatus?.Leader);
    if (!leader) throw new Error("The swarm has no leader.");
    return leader.Description.Hostname;
  }

  async swarm(): Promise<ClusterInfo> {
    return JSON.parse(await this.docker("info", "--format", "{{json .Swarm.Cluster}}")) as ClusterInfo;
  }

  joinToken(role: "worker" | "manager"): Promise<string> {
    return this.docker("swarm", "join-token", "--quiet", role);
  }

  /** Cluster IDs that the nodes' engines themselves know of, each once. */
  async clusterIds(): Promise<string[]> {
    const containers = await this.containers();
    const format = "{{if .Swarm.Cluster}}{{.Swarm.Cluster.ID}}{{end}}";
    const ids = await Promise.all(
      containers.map((container) => docker("exec", container, "docker", "info", "--format", format)),
    );
    return [...new Set(ids.filter(Boolean))];
  }

  /** Containers of the cluster's machines. */
  containers(): Promise<string[]> {
    return containersOf(this.cluster);
  }

  async objects(kind: "secret" | "config" | "network"): Promise<string[]> {
    return (await this.docker(kind, "ls", "--format", "{{.Name}}")).split("\n").filter(Boolean).sort();
  }
}
