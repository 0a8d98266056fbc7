import { checkAvailability, checkHostname, checkLabels, isMapping } from "./node";
import { show, type Problem } from "./problem";

interface Pool {
  name: string;
  count?: number;
  labels?: Record<string, string>;
  nodeLabels?: Record<string, Record<string, string>>;
  availability?: string;
}

export interface ClusterShape {
  managers: { count: number; labels?: Record<string, string>; availability?: string };
  workers: Pool[];
  allowEvenManagers: boolean;
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

export function checkCluster({ managers, workers, allowEvenManagers }: ClusterShape): Problem[] {
  return [
    ...checkManagerCount(managers.count, allowEvenManagers),
    ...checkLabels("managers.labels", managers.labels ?? {}),
    ...checkAvailability("managers.availability", managers.availability),
    ...workers.flatMap((pool, index) => checkPool(pool, index, workers)),
  ];
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
  const problems = [
    ...checkHostname(`${where}.name`, pool.name),
    ...checkLabels(`${where}.labels`, pool.labels ?? {}),
    ...checkAvailability(`${where}.availability`, pool.availability),
  ];
  const count = pool.count ?? 1;
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
  const { nodeLabels = {} } = pool;
  if (!isMapping(nodeLabels)) {
    problems.push({
      where: `${where}.nodeLabels`,
      text: `${show(nodeLabels)} is no mapping. Write it like {${pool.name}-1: {disk: "nvme"}}.`,
    });
    return problems;
  }
  for (const [node, labels] of Object.entries(nodeLabels)) {
    const number = Number(node.slice(pool.name.length + 1));
    if (!node.startsWith(`${pool.name}-`) || !Number.isInteger(number) || number < 1 || number > count) {
      problems.push({
        where: `${where}.nodeLabels`,
        text: `"${node}" is no node of this pool. It has ${nodesOf(pool.name, count)}.`,
      });
    }
    problems.push(...checkLabels(`${where}.nodeLabels.${node}`, labels));
  }
  return problems;
}

function nodesOf(pool: string, count: number): string {
  if (!(count >= 1)) return "none";
  return count === 1 ? `${pool}-1` : `${pool}-1 to ${pool}-${count}`;
}
