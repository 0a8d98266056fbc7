import type { SwarmStackInputs } from "../../schema/stack";
import type { Context } from "../../foundation/context";
import { lookAtServices } from "../rollout/convergence";
import { hasFailed, missingOf, tasksThere, tasksWanted } from "../rollout/service-standing";
import { lastEnded, lastError } from "../rollout/task-errors";
import { onManager } from "../managers";
import { preparedFiles } from "./stack-files";
import { lastLines, masked } from "./stack-logs";

const LOG_LINES = 20;
/** What the error of a stack repeats the log of: more would hide the reason. */
const MOST_LOGS = 3;

/**
 * What a stack that failed looks like: a line for each service, and the last lines that those printed which do not run. Empty
 * where it cannot be looked at.
 */
export async function failureReport(inputs: SwarmStackInputs, context: Context): Promise<string> {
  try {
    return await report(inputs, context);
  } catch {
    return "";
  }
}

async function report(inputs: SwarmStackInputs, context: Context): Promise<string> {
  const { name, managers, logsOnFailure = LOG_LINES } = inputs;
  const { services, tasks, nodes } = await lookAtServices(name, managers, context);
  const width = Math.max(...services.map(({ Spec }) => Spec.Name.length));
  const rows = services.map((service) => {
    const runs = `${tasksThere(service, tasks).length} of ${tasksWanted(service, nodes)} run`;
    return `  ${service.Spec.Name.padEnd(width)}  ${runs}${lastError(service, tasks, nodes)}`;
  });
  const failing = services.filter(
    (service) => missingOf(service, tasks, nodes) !== "" || hasFailed(service.UpdateStatus?.State),
  );
  const prepared = preparedFiles(inputs);
  const logs = await onManager(managers, context, (engine) =>
    Promise.all(
      failing.slice(0, MOST_LOGS).map(async (service) => {
        const task = lastEnded(service, tasks) ?? tasks.find(({ ServiceID }) => ServiceID === service.ID);
        const lines = task && logsOnFailure > 0 ? await lastLines(engine, task, logsOnFailure, context) : [];
        if (lines.length === 0) return [];
        const text = masked(lines.join("\n"), inputs, prepared, context);
        return [`  last lines of ${service.Spec.Name}:`, ...text.split("\n").map((line) => `    | ${line}`)];
      }),
    ),
  );
  return [...rows, ...logs.flat()].join("\n");
}
