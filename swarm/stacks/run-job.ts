import type { SwarmJobInputs, SwarmJobOutputs } from "../../schema/job";
import type { SwarmStackInputs } from "../../schema/stack";
import { stackAsItIs } from "../../docker/services";
import type { Context } from "../../foundation/context";
import { onManager } from "../managers";
import { runStack } from "./run-stack";
import { preparedFiles } from "./stack-files";
import { lastLines, masked } from "./stack-logs";

const LOG_LINES = 100;

/** Runs a job, waits until it has ended, and tells what it has printed. @throws as {@link runStack} does */
export async function runJob(
  inputs: SwarmJobInputs,
  context: Context,
): Promise<SwarmJobOutputs & Pick<SwarmStackInputs, "definition">> {
  const made = await runStack(inputs, context);
  return { ...made, logs: await logsOf(inputs, context) };
}

async function logsOf(inputs: SwarmJobInputs, context: Context): Promise<string> {
  const { name, managers, logLines = LOG_LINES } = inputs;
  if (logLines === 0) return "";
  const lines = await onManager(managers, context, async (engine) => {
    const { tasks } = await stackAsItIs(engine, name, context.signal);
    const inOrder = tasks.toSorted((a, b) => a.Status.Timestamp.localeCompare(b.Status.Timestamp));
    return Promise.all(inOrder.map((task) => lastLines(engine, task, logLines, context)));
  });
  return masked(lines.flat().join("\n"), inputs, preparedFiles(inputs), context);
}
