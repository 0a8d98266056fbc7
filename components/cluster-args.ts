import type { Availability, SwarmSettings } from "../contract/swarm";
import type { Platform } from "../platforms/platform";

export interface ManagersArgs {
  /** How many managers: 1, 3, 5 or 7. 3 survive the loss of one, 5 of two, 7 of three. @default 3 */
  count?: number;
  /** Node labels of every manager. Labels set by others are left alone. @default none */
  labels?: Record<string, string>;
  /** `drain` keeps the services' tasks off the managers. @default "active" */
  availability?: Availability;
}

export interface NodePoolArgs {
  /** Name of the pool; its nodes are `<name>-1`, `<name>-2`, … */
  name: string;
  /** How many workers. @default 1 */
  count?: number;
  /** Node labels of every worker of the pool. @default none */
  labels?: Record<string, string>;
  /** Labels of single nodes, by node name; they are added to those of the pool. @default none */
  nodeLabels?: Record<string, Record<string, string>>;
  /** @default "active" */
  availability?: Availability;
}

/**
 * A Docker Swarm cluster.
 *
 * @example
 * const cluster = new SwarmCluster("dev", {
 *   platform: new LocalPlatform(),
 *   managers: { count: 3 },
 *   workers: [{ name: "app", count: 2, labels: { storage: "raid" } }],
 * });
 */
export interface SwarmClusterArgs {
  /** Where the machines come from. */
  platform: Platform;
  /** @default 3 managers */
  managers?: ManagersArgs;
  /** Pools of workers. @default none */
  workers?: NodePoolArgs[];
  /** Settings of the swarm. @default the engine's own */
  swarm?: SwarmSettings;
  /** Accept an even number of managers, with a warning: it costs a machine and survives no more. @default false */
  allowEvenManagers?: boolean;
  /** Take over a swarm that the machines are in already and that carries no labels of ours. @default false */
  adopt?: boolean;
}

export interface WantedNode {
  name: string;
  role: "manager" | "worker";
  pool: string;
  availability: Availability;
  labels: Record<string, string>;
}

export const DEFAULT_MANAGERS = 3;
/** A count above it is refused; making its nodes first would only keep the program busy for minutes. */
const MOST_NODES = 1000;

/** Every node that the arguments ask for, managers first. */
export function wantedNodes(args: SwarmClusterArgs): WantedNode[] {
  const { count = DEFAULT_MANAGERS, labels = {}, availability = "active" } = args.managers ?? {};
  const managers = names("manager", count).map((name): WantedNode => ({
    name,
    role: "manager",
    pool: "manager",
    availability,
    labels,
  }));
  const workers = (args.workers ?? []).flatMap((pool) =>
    names(pool.name, pool.count ?? 1).map((name): WantedNode => ({
      name,
      role: "worker",
      pool: pool.name,
      availability: pool.availability ?? "active",
      labels: { ...pool.labels, ...pool.nodeLabels?.[name] },
    })),
  );
  return [...managers, ...workers];
}

function names(prefix: string, count: number): string[] {
  const length = Number.isInteger(count) && count > 0 && count <= MOST_NODES ? count : 0;
  return Array.from({ length }, (_, index) => `${prefix}-${index + 1}`);
}
