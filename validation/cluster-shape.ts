import type { DisruptionBudget } from "../schema/swarm";
import { checkDisruption } from "./disruption";
import { checkHostname } from "./node";
import { checkNamesDiffer, checkNodes, type NodesShape } from "./node-names";
import { show, type Problem } from "./problem";

interface Pool extends NodesShape {
  name: string;
}

export interface ClusterShape {
  managers: NodesShape & { count: number };
  workers: Pool[];
  allowEvenManagers: boolean;
  disruption?: DisruptionBudget;
}

/** Raft gets slower with every manager; Docker's own manual recommends at most seven. */
const MOST_MANAGERS = 7;
const MOST_WORKERS = 1000;
const LONGEST_HOSTNAME = 63;
const RESERVED_POOLS = ["manager", "managers"];

/** How many managers may fail before the swarm stops accepting changes. */
export function faultTolerance(managers: number): number {
  return Math.max(0, Math.floor((managers - 1) / 2));
}

export function checkCluster({ managers, workers, allowEvenManagers, disruption }: ClusterShape): Problem[] {
  const named = [
    { where: "managers.names", names: namesOf(managers) },
    ...workers.map((pool, index) => ({ where: `workers[${index}].names`, names: namesOf(pool) })),
  ];
  return [
    ...checkManagerCount(managers.count, allowEvenManagers),
    ...checkNodes("managers", managers, "manager", managers.count),
    ...workers.flatMap((pool, index) => checkPool(pool, index, workers)),
    ...checkNamesDiffer(named),
    ...checkDisruption("disruption", disruption),
  ];
}

function namesOf({ names }: NodesShape): string[] {
  return Array.isArray(names) ? names : [];
}

function checkManagerCount(count: number, allowEven: boolean): Problem[] {
  const where = "managers.count";
  if (!Number.isInteger(count) || count < 1 || count > MOST_MANAGERS) {
    return [
      {
        where,
        text: `${show(count)} is not a number of managers from 1 to ${MOST_MANAGERS}. Use 1, 3, 5 or 7.`,
      },
    ];
  }
  if (count % 2 === 1 || allowEven) return [];
  const [less, more] = [count - 1, count + 1];
  return [
    {
      where,
      text:
        `${count} is even: ${count} managers survive the loss of ${faultTolerance(count)}, as many as ${less} do. ` +
        `Use ${less} (survives ${faultTolerance(less)}) or ${more} (survives ${faultTolerance(more)}), or set allowEvenManagers.`,
    },
  ];
}

function checkPool(pool: Pool, index: number, pools: Pool[]): Problem[] {
  const where = `workers[${index}]`;
  const count = pool.count ?? pool.names?.length ?? 1;
  const problems = [
    ...checkHostname(`${where}.name`, pool.name),
    ...checkNodes(where, pool, pool.name, count),
  ];
  if (!Number.isInteger(count) || count < 0 || count > MOST_WORKERS) {
    problems.push({
      where: `${where}.count`,
      text: `${show(count)} is not a number of workers. Write a whole number from 0 to ${MOST_WORKERS}, without quotes.`,
    });
  }
  if (RESERVED_POOLS.includes(pool.name)) {
    problems.push({
      where: `${where}.name`,
      text: `${show(pool.name)} is what the managers are called. Choose another name.`,
    });
  }
  const longest = `${pool.name}-${count}`;
  if (problems.length === 0 && longest.length > LONGEST_HOSTNAME) {
    problems.push({
      where: `${where}.name`,
      text: `the node ${show(longest)} would have ${longest.length} characters; a host name has at most ${LONGEST_HOSTNAME}. Use a shorter name.`,
    });
  }
  const first = pools.findIndex(({ name }) => name === pool.name);
  if (first < index && pool.name !== undefined) {
    problems.push({
      where: `${where}.name`,
      text: `${show(pool.name)} is the name of workers[${first}] already. Pool names must differ.`,
    });
  }
  return problems;
}
