import { waitFor } from "../../../engine/wait";
import { docker, tryDocker } from "./docker";
import { containersOf } from "./leftovers";
import type { Workspace } from "./workspace";

/** One node as `docker node inspect` shows it. */
export interface Node {
  ID: string;
  Spec: { Labels?: Record<string, string>; Role: string; Availability: string };
  Description: { Hostname: string };
  Status: { State: string; Addr: string };
  ManagerStatus?: { Leader?: boolean; Reachability: string };
}

export interface SwarmObject {
  ID: string;
  Spec: { Name: string; Labels?: Record<string, string> };
}

export interface ClusterInfo {
  ID: string;
  Spec: Record<string, Record<string, unknown>>;
  TLSInfo: { TrustRoot: string };
  DefaultAddrPool: string[];
}

/** Looks at a cluster from the inside, with the docker CLI of its first manager: it shares no code with the product. */
export class Witness {
  constructor(
    readonly cluster: string,
    readonly manager = "manager-1",
    /** Containers of the nodes by name, where they are not called after them: a replaced one gets a number. */
    private readonly machines: Readonly<Record<string, string>> = {},
  ) {}

  /** With the machines that a stack has now. */
  static async of(workspace: Workspace, manager?: string): Promise<Witness> {
    const { resources } = await workspace.exported();
    const nodes = resources.filter(({ type }) => type === "swarm:index:LocalNode");
    const machines = nodes.map(({ outputs }) => [String(outputs?.hostname), String(outputs?.container)]);
    return new Witness(workspace.cluster, manager, Object.fromEntries(machines) as Record<string, string>);
  }

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

  /** Waits until the managers see a node in a state; it takes them some seconds. */
  async untilState(node: string, state: string): Promise<void> {
    await waitFor<void>(
      { name: `it is ${state}`, on: node, intervalMs: 250, timeoutMs: 60_000 },
      async () => {
        const found = await this.node(node);
        return found.Status.State === state ? { done: undefined } : { pending: found.Status.State };
      },
    );
  }

  /** Waits until a service has as many of its replicas as wanted: "4/4". */
  async untilReplicas(service: string, wanted: string): Promise<void> {
    await waitFor<void>(
      { name: `it has ${wanted} replicas`, on: service, intervalMs: 250, timeoutMs: 60_000 },
      async () => {
        const rows = await this.docker("service", "ls", "--format", "{{.Name}} {{.Replicas}}");
        const row = rows.split("\n").find((line) => line.startsWith(`${service} `));
        return row === `${service} ${wanted}` ? { done: undefined } : { pending: rows };
      },
    );
  }

  /** Waits until only these objects are there. */
  async untilObjects(kind: "secret" | "config" | "network", names: string[]): Promise<void> {
    await waitFor<void>(
      { name: `no other ${kind} is there`, on: this.cluster, intervalMs: 250, timeoutMs: 60_000 },
      async () => {
        const others = (await this.objects(kind)).filter((name) => !names.includes(name));
        return others.length === 0 ? { done: undefined } : { pending: others.join(", ") };
      },
    );
  }

  /** Waits until the manager follows another leader, after the death of one; answers its name. */
  untilOtherLeader(dead: string): Promise<string> {
    return waitFor<string>(
      { name: `${dead} leads no more`, on: this.manager, intervalMs: 100, timeoutMs: 60_000 },
      async () => {
        try {
          const leader = await this.leader();
          return leader === dead ? { pending: leader } : { done: leader };
        } catch (error) {
          return { pending: (error as Error).message };
        }
      },
    );
  }

  /** Waits until the manager has noticed that quorum is lost; a leader goes on for some seconds. */
  async untilNoLeader(): Promise<void> {
    await waitFor<void>(
      { name: "it has no leader", on: this.manager, intervalMs: 500, timeoutMs: 60_000 },
      async () => {
        const { code, stdout } = await tryDocker(
          "exec",
          this.containerOf(this.manager),
          "docker",
          "node",
          "ls",
        );
        return code === 0 ? { pending: stdout } : { done: undefined };
      },
    );
  }

  /** Waits until a manager that was restarted asks for the unlock key. */
  async untilLocked(node: string): Promise<void> {
    await waitFor<void>({ name: "it is locked", on: node, intervalMs: 250, timeoutMs: 60_000 }, async () => {
      const format = "{{.Swarm.LocalNodeState}}";
      const { stdout, stderr } = await tryDocker(
        "exec",
        this.containerOf(node),
        "docker",
        "info",
        "--format",
        format,
      );
      return stdout.trim() === "locked" ? { done: undefined } : { pending: stdout + stderr };
    });
  }

  /** Waits until as many tasks run on a node, or more where some are wanted. */
  untilTasks(node: string, wanted: number): Promise<number> {
    return waitFor<number>(
      { name: `${wanted} tasks run there`, on: node, intervalMs: 250, timeoutMs: 60_000 },
      async () => {
        const states = await this.docker("node", "ps", "--format", "{{.CurrentState}}", node);
        const running = states.split("\n").filter((state) => state.startsWith("Running")).length;
        const enough = wanted === 0 ? running === 0 : running >= wanted;
        return enough ? { done: running } : { pending: `${running} tasks` };
      },
    );
  }
}
