import { table } from "../validation/table";
import { serviceCalled } from "../swarm/services/find-service";
import { describeObstacle, describeSpread, lookAtSpreads, rebalance } from "../swarm/rollout/rebalance";
import type { Spread } from "../swarm/rollout/uneven";
import { allServices } from "../docker/services";
import { onManager } from "../swarm/managers";
import { SWARM_COMMAND } from "../foundation/command-lines";
import { saidOnce } from "../foundation/context";
import type { Target } from "./stack-state";
import { withCluster } from "./with-cluster";

export interface RebalanceOptions {
  /** Services. @default all that are uneven */
  names?: string[];
  /** Show what would be done. @default false */
  dryRun?: boolean;
}

/** Spreads the tasks of services over the nodes that could take them, as swarm does not by itself where nodes join later. */
export function runRebalance({ names = [], dryRun = false, ...target }: RebalanceOptions & Target) {
  return withCluster(target, async ({ managers }, waiting) => {
    const services = await onManager(managers, waiting, (engine) => allServices(engine, waiting.signal));
    const wanted = names.map((name) => serviceCalled(name, services));
    for (const { Spec } of wanted)
      if (!Spec.Mode.Replicated)
        throw new Error(`${Spec.Name} is no replicated service: its tasks are not spread by their number.`);
    const seen = (await lookAtSpreads(managers, waiting)).filter(
      ({ id }) => wanted.length === 0 || wanted.some(({ ID }) => ID === id),
    );
    const uneven = seen.filter(({ moves }) => moves > 0);
    const possible = uneven.filter(({ obstacle }) => !obstacle);
    console.log(renderPlan(uneven));
    if (dryRun || possible.length === 0) return;
    const told = { ...waiting, progress: saidOnce((text) => waiting.progress(text)) };
    await rebalance(possible, managers, told, ({ after }) => console.log(renderDone(after)));
  });
}

/** What would move, and what is left as it is. */
export function renderPlan(uneven: readonly Spread[]): string {
  const possible = uneven.filter(({ obstacle }) => !obstacle);
  const left = uneven.filter(({ obstacle }) => obstacle).map(describeObstacle);
  if (possible.length === 0) {
    const which = left.length > 0 ? "All other services are" : "Nothing to do: every service is";
    return [...left, `${which} spread evenly over the nodes that could take their tasks.`].join("\n");
  }
  const rows = table(
    ["SERVICE", "TASKS PER NODE NOW", "WOULD MOVE"],
    possible.map((spread) => [
      spread.service,
      describeSpread(spread),
      `${spread.moves} of ${spread.running}`,
    ]),
  );
  const how =
    "Swarm moves no single task: all tasks of these services are replaced, by their own update settings.";
  return [rows, how, ...left].join("\n");
}

function renderDone(after: Spread): string {
  const rest =
    after.moves > 0
      ? ` That is as even as its update settings made it; again: ${SWARM_COMMAND} rebalance ${after.service}`
      : "";
  return `✓ ${after.service}: ${describeSpread(after)}.${rest}`;
}
