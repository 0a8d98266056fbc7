import type { Context, Waiting } from "../../foundation/context";
import type { ManagerRef } from "../../schema/connection";
import { allServices } from "../../docker/services";
import { listTasks } from "../../docker/tasks";
import { heardNodes } from "../nodes/heard-nodes";
import { onManager } from "../managers";
import { replaceTasks } from "./replace-tasks";
import { spreads, type Spread } from "./uneven";

/** How the replicated services are spread now. */
export async function lookAtSpreads(managers: readonly ManagerRef[], waiting: Waiting): Promise<Spread[]> {
  const { signal } = waiting;
  // No node seems to take tasks as long as a new leader has not heard from it.
  const nodes = await heardNodes(managers, waiting);
  return onManager(managers, waiting, async (engine) => {
    const [services, tasks] = await Promise.all([allServices(engine, signal), listTasks(engine, {}, signal)]);
    return spreads({ nodes, services, tasks });
  });
}

/** What one service came to: how it was spread, and is now. */
export interface Rebalanced {
  before: Spread;
  after: Spread;
}

/**
 * Spreads the tasks of services anew, which swarm never does for nodes that join later: all tasks of each are replaced by its
 * own update settings, one service after the other.
 *
 * @param uneven - as `lookAtSpreads` has found them; those that are even, or must not be touched, by then are left alone
 * @param told - each service that was done
 * @throws Error where one fails; those after it were not touched.
 */
export async function rebalance(
  uneven: readonly Spread[],
  managers: readonly ManagerRef[],
  waiting: Waiting,
  told: (done: Rebalanced) => void,
): Promise<void> {
  const names = uneven.map(({ service }) => service);
  for (const [index, name] of names.entries()) {
    const spread = async () =>
      (await lookAtSpreads(managers, waiting)).find(({ service }) => service === name);
    // Others have moved meanwhile, and somebody may have changed it.
    const before = await spread();
    if (!before || before.moves === 0 || before.obstacle) continue;
    waiting.progress(`spreading ${name} over the nodes (${index + 1} of ${names.length})`);
    try {
      await replaceTasks(name, managers, waiting);
    } catch (error) {
      const left = names.slice(index + 1);
      const others = left.length > 0 ? ` Not touched: ${left.join(", ")}.` : "";
      throw new Error(`${(error as Error).message}${others}`, { cause: error });
    }
    const after = await spread();
    if (after) told({ before, after });
  }
}

/** The same for all services that are uneven now; those that must not be touched are told. */
export async function rebalanceUneven(managers: readonly ManagerRef[], context: Context): Promise<void> {
  const uneven = (await lookAtSpreads(managers, context)).filter(({ moves }) => moves > 0);
  for (const spread of uneven.filter(({ obstacle }) => obstacle)) context.warn(describeObstacle(spread));
  const possible = uneven.filter(({ obstacle }) => !obstacle);
  await rebalance(possible, managers, context, ({ after }) =>
    context.info(`${after.service} was spread anew: ${describeSpread(after)}.`),
  );
}

export function describeObstacle(spread: Spread): string {
  return `${spread.service} is left as it is (${describeSpread(spread)}): ${spread.obstacle}.`;
}

/** "2 on app-1, app-2; 0 on app-3": the nodes with the most tasks first, many of one kind shortened. */
export function describeSpread({ nodes }: Spread): string {
  const byCount = new Map<number, string[]>();
  for (const [node, count] of Object.entries(nodes))
    byCount.set(count, [...(byCount.get(count) ?? []), node]);
  return [...byCount]
    .sort(([a], [b]) => b - a)
    .map(([count, names]) => `${count} on ${shortened(names)}`)
    .join("; ");
}

const SHOWN = 4;

function shortened(names: readonly string[]): string {
  const sorted = [...names].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const more = sorted.length - SHOWN;
  return sorted.slice(0, SHOWN).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
