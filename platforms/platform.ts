import type * as pulumi from "../resources/pulumi";
import type { Connection } from "../schema/connection";
import type { PoolVolume } from "../schema/pool-volume";
import type { Role } from "../schema/swarm";
import type { OwnerArgs } from "../resources/resource-class";
import type { Problem } from "../validation/problem";
import type { OnceKnown } from "./judge";

/** A machine that the cluster wants. `M` are the settings of a machine in the platform's own terms. */
export interface NodeRequest<M = unknown> {
  /** Name of the node, unique in the cluster: `manager-1`, `app-2`. */
  name: string;
  role: Role;
  /** `manager` or the name of the worker pool. */
  pool: string;
  /** What its pool asks of its machines. @default nothing */
  machine?: M;
  /** Its volumes whose files outlive its machine. @default none */
  volumes?: readonly PoolVolume[];
}

/** What a pool asks of its machines, and where the program says so. */
export interface PoolMachine<M = unknown> {
  /** As problems name it: `workers[1].machine`. */
  where: string;
  /** Number of nodes in the pool. */
  count: number;
  machine: M;
}

/** The volumes of a pool, and where the program says so. */
export interface PoolVolumes {
  /** As problems name it: `workers[1].volumes`. */
  where: string;
  volumes: readonly PoolVolume[];
}

/** What a cluster tells its platform once, before it asks for machines. */
export interface ClusterRequest<M = unknown> {
  owner: OwnerArgs;
  nodes: readonly NodeRequest<M>[];
  /** Of the pools that ask something of their machines, for `validate` to refuse what the platform does not know. @default none */
  machines?: readonly PoolMachine<M>[];
  /** Of the pools that have volumes, for `validate` to refuse what the platform has no place for. @default none */
  volumes?: readonly PoolVolumes[];
  /** Address pools of the swarm's overlay networks, for the platform to keep clear of. */
  defaultAddrPool?: string[];
  /** UDP port of the overlay networks' traffic. @default 4789 */
  dataPathPort?: number;
}

// eslint-disable-next-line @typescript-eslint/ban-ts-comment
/**
 * `@pulumi/command`, which is loaded where somebody has such commands: a program without them need not have its types.
 * @ts-ignore */
export type CommandPackage = typeof import("@pulumi/command");

/** A shell command on a machine. */
export interface MachineCommand {
  create: string;
  /** Runs when the resource is deleted. @default nothing */
  delete?: string;
  /** Any change of these values runs the command again. */
  triggers: pulumi.Input<unknown>[];
}

/** A machine as every platform hands it out. */
export interface Machine {
  name: string;
  /** How the provider reaches it. */
  connection: pulumi.Output<Connection>;
  /** Address that the other nodes reach it at. */
  address: pulumi.Output<string>;
  /** Changes when the machine is another one. */
  identity: pulumi.Output<string>;
  /**
   * Where any tool reaches the machine's engine from here by itself, as in DOCKER_HOST. It stays the same while the node's
   * machine is replaced, and holds no credentials. @default nowhere: a proxy makes a socket (`pulumi-swarm proxy`)
   */
  dockerHost?: pulumi.Output<string | undefined>;
  /** Registers a shell command of the user's own that runs on the machine. */
  command(
    commands: CommandPackage,
    name: string,
    args: MachineCommand,
    opts: pulumi.CustomResourceOptions,
  ): pulumi.Resource;
  /** Labels that the machine brings along for its node. Those of the cluster's arguments win. @default none */
  labels?: Record<string, pulumi.Input<string>>;
  /**
   * Volumes of its engine whose files outlive it, each with what tells its disk from others: another machine of the same node
   * with the same disk has the same files. @default none
   */
  disks?: pulumi.Input<Record<string, string>>;
}

/** What a platform did beyond making machines. */
export interface Finished {
  /** What a stack has to wait for. */
  resources: pulumi.Resource[];
  /** Image tag → fingerprint of the images that were loaded. */
  imageFingerprints: pulumi.Output<Record<string, string>>;
}

/** A platform made ready for one cluster: its network, its images, its security groups exist. */
export interface PreparedPlatform<M = unknown> {
  /** Turns a request into a machine; `opts.parent` is the component that shows it. */
  createMachine(request: NodeRequest<M>, opts: pulumi.CustomResourceOptions): Machine;
  /** Called once with all machines: what has to succeed before any of them initialises or joins. @default nothing */
  checks?(machines: readonly Machine[], opts: pulumi.CustomResourceOptions): pulumi.Resource[];
  /** Called once with all machines: the rest a platform does on them, such as loading images. */
  finish(machines: readonly Machine[], opts: pulumi.CustomResourceOptions): Finished;
}

/** Where machines come from: containers, clouds, hosts over SSH. `M` is what a pool may ask of its machines. */
export interface Platform<M = unknown> {
  /** Whether the machines are deleted with the cluster. Where they stay, every node leaves the swarm first. */
  readonly machinesDieWithCluster: boolean;
  /**
   * Whether what services keep on a machine is worth more than a change that takes it from them, where the cluster does not say.
   * @default true
   */
  readonly protectsVolumes?: boolean;
  /** When the registry is asked for image digests at a deploy, where the stack does not say. */
  readonly resolveImage: "always" | "changed" | "never";
  /**
   * Problems of the request, found without creating anything. `prepare` is called all the same, but nothing that it
   * declares is registered when any part of the program has a problem.
   * @param onceKnown - for arguments that are outputs
   */
  validate(request: ClusterRequest<M>, onceKnown: OnceKnown): Problem[] | Promise<Problem[]>;
  prepare(request: ClusterRequest<M>, opts: pulumi.CustomResourceOptions): PreparedPlatform<M>;
}

/** What a pool may ask of the machines of a platform. */
export type MachineOf<P extends Platform> = P extends Platform<infer M> ? M : never;
