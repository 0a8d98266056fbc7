import { closeConnections, connect } from "../docker/connect";
import { inspectSwarm } from "../docker/swarm";
import type { Context } from "../foundation/context";
import type { StackService } from "../schema/stack";
import type { Role } from "../schema/swarm";
import { onManager } from "../swarm/managers";
import { deployed, removed, type Compose, type DeployOptions } from "./deploy";
import { withoutServices } from "./empty-swarm";
import { drainNode, killNode, nodeCalled, partitionNode, restoreNode, type Fault } from "./faults";
import { asRecord } from "./cluster-record";
import type { Lease } from "./keeper";
import type { LocalCluster } from "./local-cluster";
import { serviceIn, tasksOnNodes } from "./service-tasks";
import { urlsOf } from "./service-urls";

/** A machine of a test swarm. */
export interface TestNode {
  /** Its host name: manager-1, worker-1 … */
  name: string;
  role: Role;
  /** Its ID in the swarm. */
  id: string;
  /** Its IPv4 address, which this machine reaches where the engine that runs the nodes is here. */
  address: string;
}

export interface ExecOptions {
  /** What the command reads. @default nothing */
  stdin?: string;
  /** Where the task has to run. @default anywhere */
  node?: string;
}

/** What a command came to. */
export interface ExecResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** A Docker Swarm for a test: real engines in containers of their own. Made by `startSwarm`. */
export class TestSwarm implements AsyncDisposable {
  private readonly faults = new Map<string, Fault>();
  private ended?: Promise<void>;

  /** Use `startSwarm`. */
  constructor(
    private readonly cluster: LocalCluster,
    private readonly fingerprints: Record<string, string>,
    private readonly lease: Lease,
    private readonly context: Context,
  ) {}

  /** What the containers of its nodes are called, up to the node's name. */
  get name(): string {
    return this.cluster.owner.cluster;
  }

  get nodes(): TestNode[] {
    return [...this.cluster.nodes].map(([name, { machine, member }]) => {
      return { name, role: member.role, id: member.nodeId, address: machine.address };
    });
  }

  /**
   * DOCKER_HOST for other tools: the first manager's socket on this machine, for its user alone.
   *
   * @throws Error where none can be had, as the engine that runs the nodes is elsewhere.
   */
  get dockerHost(): string {
    const [{ machine }] = this.cluster.nodes.values();
    if (machine.socket) return `unix://${machine.socket}`;
    throw new Error(
      `${this.name} has no socket on this machine, as the Docker Engine that runs its nodes is on another or a virtual one. Use docker(…).`,
    );
  }

  /**
   * Deploys a stack, and waits until every service of it runs. Again it brings a stack to what is wanted now.
   *
   * @param compose - a text, an object, or paths of compose files, from the process's folder
   * @throws Error with the failing task's own words.
   */
  deploy(compose: Compose, options: DeployOptions = {}): Promise<StackService[]> {
    return deployed(compose, options, this.cluster, this.fingerprints, this.context);
  }

  /** Removes a stack, and waits until its tasks are gone. @param stack - its name. @default "app" */
  remove(stack?: string): Promise<void> {
    return removed(stack, this.cluster, this.context);
  }

  /**
   * Runs a command (no shell) in a running task of a service, whichever node it is on. An exit code other than 0 is a result.
   *
   * @param service - its name in the compose file, or with the stack's before it
   * @throws Error where no task runs, with what the newest ones came to.
   */
  async exec(service: string, command: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const tasks = await tasksOnNodes(await this.service(service), this.cluster, this.context);
    const task = options.node === undefined ? tasks[0] : tasks.find(({ node }) => node === options.node);
    if (!task) {
      const there = tasks.map(({ node }) => node).join(", ");
      throw new Error(`${service} runs no task on ${options.node}. It runs on ${there}.`);
    }
    const { member } = nodeCalled(this.cluster, task.node);
    const { transport } = connect(member.connection, this.context);
    const { signal } = this.context;
    const flags = options.stdin === undefined ? [] : ["-i"];
    return transport.run(["docker", "exec", ...flags, task.container, ...command], {
      stdin: options.stdin,
      signal,
    });
  }

  /**
   * What the tasks of a service have printed, each line after its task's name; where they have a terminal, the lines alone.
   *
   * @param tail - lines of each task. @default all
   */
  async logs(service: string, tail?: number): Promise<string> {
    const { ID, Spec } = await this.service(service);
    const flags = tail === undefined ? [] : ["--tail", String(tail)];
    // Docker's CLI refuses anything else for these.
    const form = Spec.TaskTemplate.ContainerSpec?.TTY ? "--raw" : "--no-trunc";
    return this.docker("service", "logs", form, ...flags, ID);
  }

  /**
   * URLs that this machine reaches a service at: its published TCP ports, in host mode on the nodes that run a task, else on every
   * node. The routing mesh needs a kernel with ip_vs.
   */
  async urls(service: string): Promise<string[]> {
    const found = await this.service(service);
    return urlsOf(found, await tasksOnNodes(found, this.cluster, this.context), this.cluster);
  }

  /** Runs the docker CLI on a manager that answers. @returns what it printed. @throws Error with what it complained of */
  async docker(...args: string[]): Promise<string> {
    const { signal } = this.context;
    const { exitCode, stdout, stderr } = await onManager(
      this.cluster.specs.managers,
      this.context,
      async (engine) => {
        await inspectSwarm(engine, signal);
        return engine.transport.run(["docker", ...args], { signal });
      },
    );
    if (exitCode === 0) return [stdout, stderr].filter(Boolean).join("");
    throw new Error(`docker ${args.join(" ")} ended with exit code ${exitCode}: ${stderr.trim()}`);
  }

  /** Ends a node at once, as a power failure does. It comes back by `restore`. */
  kill(node: string): Promise<void> {
    return this.harm(node, "killed", killNode);
  }

  /** Cuts a node off from all others; what runs on it runs on. It comes back by `restore`. */
  partition(node: string): Promise<void> {
    return this.harm(node, "partitioned", partitionNode);
  }

  /** Drains a node, and waits until its tasks run elsewhere. It takes some again after `restore`. */
  drain(node: string): Promise<void> {
    return this.harm(node, "drained", drainNode);
  }

  /** Ends what was done to a node, and waits until it is Ready, and as a manager Reachable. */
  async restore(node: string): Promise<void> {
    nodeCalled(this.cluster, node);
    const fault = this.faults.get(node);
    if (!fault) return;
    await restoreNode(this.cluster, node, fault, this.context);
    this.faults.delete(node);
    if (this.faults.size === 0) this.lease.remember(asRecord(this.cluster));
  }

  /** Removes the swarm, or keeps it for the next test file where it is to be used again. */
  stop(): Promise<void> {
    return (this.ended ??= this.end());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  private async harm(
    node: string,
    fault: Fault,
    strike: (cluster: LocalCluster, node: string, context: Context) => Promise<void>,
  ): Promise<void> {
    nodeCalled(this.cluster, node);
    const present = this.faults.get(node);
    if (present === fault) return;
    if (present) throw new Error(`${node} is ${present} already. Use restore("${node}") before.`);
    // From now on nobody else can use it.
    this.lease.forget();
    this.faults.set(node, fault);
    await strike(this.cluster, node, this.context);
  }

  private service(name: string) {
    return serviceIn(name, this.cluster, this.context);
  }

  private async end(): Promise<void> {
    const isReused = this.lease.entry.reuse && this.faults.size === 0;
    // Its tasks end while the next file begins; what cannot be removed now is removed then, or another swarm is made.
    if (isReused) await withoutServices(this.cluster, this.context).catch(() => undefined);
    closeConnections(this.context);
    if (this.lease.entry.reuse) this.lease.giveBack();
    else await this.lease.end();
  }
}
