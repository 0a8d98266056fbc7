import type * as pulumi from "../resources/pulumi";
import type { PoolVolume } from "../schema/pool-volume";
import type { Availability, DisruptionBudget, SwarmSettings } from "../schema/swarm";
import type { AfterJoinCommand } from "./after-join";
import type { MachineOf, Platform, PoolMachine, PoolVolumes } from "../platforms/platform";
import type { RegistryArgs } from "./registries";

/** Keys are written in the program; values may be outputs. */
export type NodeLabels = Record<string, pulumi.Input<string>>;

/** What managers and pools of workers have in common. `M` is what the platform lets a pool ask of its machines. */
interface NodesArgs<M> {
  /**
   * Names of the nodes, instead of numbered ones. A name that moves from a pool to the managers, or back, promotes or
   * demotes the same machine.
   * @default `<pool>-1`, `<pool>-2`, …
   */
  names?: string[];
  /** Node labels of all. @default none */
  labels?: NodeLabels;
  /** Labels of single nodes, by node name; they are added to those of all. @default none */
  nodeLabels?: Record<string, NodeLabels>;
  /** Take off labels that the program does not name. @default false: labels set by others are left alone */
  exclusiveLabels?: boolean;
  /** `drain` keeps tasks off the nodes, `pause` new ones. @default "active" */
  availability?: Availability;
  /** Availability of single nodes, by node name: `drain` one for maintenance. @default that of all */
  nodeAvailability?: Record<string, Availability>;
  /** Commands to run on every node after it joined, in this order. @default none */
  afterJoin?: AfterJoinCommand[];
  /** More commands for single nodes, by node name. @default none */
  nodeAfterJoin?: Record<string, AfterJoinCommand[]>;
  /** Settings of the machines, in the terms of the platform. @default those of the platform */
  machine?: M;
  /**
   * Volumes of each node whose files outlive its machine. A node with one leaves the swarm before its successor starts, as
   * nothing else may write to them. @default none
   */
  volumes?: PoolVolume[];
}

export interface ManagersArgs<M = unknown> extends NodesArgs<M> {
  /** How many managers: 1, 3, 5 or 7. 3 survive the loss of one, 5 of two, 7 of three. @default 3, or that of `names` */
  count?: number;
}

/** A pool of workers. @settings */
export interface NodePoolArgs<M = unknown> extends NodesArgs<M> {
  /** Name of the pool; its nodes are `<name>-1`, `<name>-2`, … */
  name: string;
  /** How many workers. @default 1, or that of `names` */
  count?: number;
}

/**
 * A Docker Swarm cluster.
 *
 * @example
 * const cluster = new SwarmCluster("dev", {
 *   platform: new LocalPlatform(),
 *   managers: { count: 3 },
 *   workers: [{ name: "app", count: 2, labels: { storage: "raid" }, machine: { memory: "2g" } }],
 * });
 */
export interface SwarmClusterArgs<P extends Platform = Platform> {
  /** Where the machines come from. */
  platform: P;
  /** @default 3 managers */
  managers?: ManagersArgs<MachineOf<P>>;
  /** Pools of workers. @default none */
  workers?: NodePoolArgs<MachineOf<P>>[];
  /** Settings of the swarm. @default the engine's own */
  swarm?: SwarmSettings;
  /** How much of the cluster may be out of service at once while it is changed. @default one node at a time */
  disruption?: DisruptionBudget;
  /**
   * After nodes joined or came back, spread the tasks of services over them, which swarm does not by itself: all tasks of each
   * uneven service are replaced, by its own update settings, one service after the other.
   * @default false: `pulumi-swarm rebalance` does it when it is called
   */
  rebalance?: boolean;
  /**
   * Refuse that a node is removed, replaced or moved while volumes of services lie on its machine. A warning names them
   * otherwise, and where the whole cluster goes.
   * @default true; false on the local platform
   */
  protectVolumes?: boolean;
  /** Accept an even number of managers, with a warning: it costs a machine and survives no more. @default false */
  allowEvenManagers?: boolean;
  /** Take over a swarm that the machines are in already and that carries no labels of ours. @default false */
  adopt?: boolean;
  /** Registries that ask for a login: its stacks get it, unless they have one of their own for the same server. @default none */
  registries?: RegistryArgs[];
}

export interface WantedNode {
  name: string;
  role: "manager" | "worker";
  pool: string;
  availability: Availability;
  labels: NodeLabels;
  exclusiveLabels?: boolean;
  afterJoin: AfterJoinCommand[];
  /** What the pool asks of its machines. */
  machine?: unknown;
  volumes?: PoolVolume[];
}

export const DEFAULT_MANAGERS = 3;
/** A count above it is refused; making its nodes first would only keep the program busy for minutes. */
const MOST_NODES = 1000;

/** How many managers the arguments ask for. */
export function managerCount({ managers }: Pick<SwarmClusterArgs, "managers">): number {
  return managers?.count ?? managers?.names?.length ?? DEFAULT_MANAGERS;
}

/** Every node that the arguments ask for, managers first. Without those whose name is no text: the rules report it. */
export function wantedNodes(args: SwarmClusterArgs): WantedNode[] {
  const managers = nodesOf(args.managers ?? {}, "manager", managerCount(args), "manager");
  const workers = (args.workers ?? []).flatMap((pool) =>
    nodesOf(pool, pool.name, pool.count ?? pool.names?.length ?? 1, "worker"),
  );
  return [...managers, ...workers];
}

/** What the pools ask of their machines, each with its place in the arguments. */
export function poolMachines(args: SwarmClusterArgs): PoolMachine[] {
  const pools = [
    { where: "managers.machine", machine: args.managers?.machine, count: managerCount(args) },
    ...(args.workers ?? []).map(({ machine, count, names }, index) => ({
      where: `workers[${index}].machine`,
      machine,
      count: count ?? names?.length ?? 1,
    })),
  ];
  return pools.filter(({ machine }) => machine !== undefined);
}

/** The volumes that pools ask for, each with its place in the arguments. */
export function poolVolumes({ managers, workers }: SwarmClusterArgs): PoolVolumes[] {
  return [
    { where: "managers.volumes", volumes: managers?.volumes ?? [] },
    ...(workers ?? []).map(({ volumes }, index) => ({
      where: `workers[${index}].volumes`,
      volumes: volumes ?? [],
    })),
  ].filter(({ volumes }) => Array.isArray(volumes) && volumes.length > 0);
}

function nodesOf(
  all: NodesArgs<unknown>,
  pool: string,
  count: number,
  role: WantedNode["role"],
): WantedNode[] {
  return namesOf(all.names, pool, count).map((name) => ({
    name,
    role,
    pool,
    availability: all.nodeAvailability?.[name] ?? all.availability ?? "active",
    labels: { ...all.labels, ...all.nodeLabels?.[name] },
    exclusiveLabels: all.exclusiveLabels,
    afterJoin: [...(all.afterJoin ?? []), ...(all.nodeAfterJoin?.[name] ?? [])],
    machine: all.machine,
    volumes: Array.isArray(all.volumes) ? all.volumes : undefined,
  }));
}

/** A configuration may hold anything in their place, and nothing else may speak of `[object Object]-1`. */
function namesOf(names: unknown, pool: unknown, count: number): string[] {
  if (names !== undefined)
    return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
  return typeof pool === "string" ? numbered(pool, count) : [];
}

function numbered(prefix: string, count: number): string[] {
  const length = Number.isInteger(count) && count > 0 && count <= MOST_NODES ? count : 0;
  return Array.from({ length }, (_, index) => `${prefix}-${index + 1}`);
}
