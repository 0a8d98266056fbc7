import type { DisruptionBudget } from "../schema/swarm";
import { parseDuration } from "./duration";
import { isMapping } from "./node";
import { show, type Problem } from "./problem";

const FIELDS = ["maxUnavailable", "drainTimeout", "onDrainTimeout"];

/** Rules of the disruption budget. */
export function checkDisruption(where: string, budget: DisruptionBudget | undefined): Problem[] {
  if (budget === undefined) return [];
  if (!isMapping(budget)) {
    return [
      {
        where,
        text: `${show(budget)} is no mapping. Write it like {maxUnavailable: 2, drainTimeout: "10m"}.`,
      },
    ];
  }
  const { maxUnavailable, drainTimeout, onDrainTimeout } = budget as DisruptionBudget;
  const problems = Object.keys(budget)
    .filter((name) => !FIELDS.includes(name))
    .map((name) => ({ where: `${where}.${name}`, text: `is not known here. Known: ${FIELDS.join(", ")}.` }));
  if (maxUnavailable !== undefined && !(Number.isInteger(maxUnavailable) && maxUnavailable >= 1)) {
    problems.push({
      where: `${where}.maxUnavailable`,
      text: `${show(maxUnavailable)} is not a number of workers from 1 upwards. With 0 no node could ever be changed.`,
    });
  }
  if (drainTimeout !== undefined && parseDuration(drainTimeout) === undefined) {
    problems.push({
      where: `${where}.drainTimeout`,
      text: `${show(drainTimeout)} is not a duration. Write it like "90s" or "10m".`,
    });
  }
  if (onDrainTimeout !== undefined && !["fail", "continue"].includes(onDrainTimeout)) {
    problems.push({
      where: `${where}.onDrainTimeout`,
      text: `${show(onDrainTimeout)} is not known. Use "fail" or "continue".`,
    });
  }
  return problems;
}
