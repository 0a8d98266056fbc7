import { inspectSwarm } from "../docker/swarm";
import { serviceLogs } from "../docker/service-logs";
import { lookAtTasks } from "../swarm/services/look-at-tasks";
import { tasksCalled } from "../swarm/services/named-tasks";
import { onManager } from "../swarm/managers";
import { parseDuration } from "../validation/duration";
import { LogView } from "./logs-view";
import type { Target } from "./stack-state";
import { withCluster } from "./with-cluster";

export interface LogsOptions {
  /** Of a service or a task. */
  name: string;
  follow?: boolean;
  /** Lines of each task. @default all */
  tail?: string;
  /** A duration or an RFC 3339 time. @default the beginning */
  since?: string;
  timestamps?: boolean;
}

/**
 * Prints what all tasks of a service have printed, or one of them, each line with its task and node.
 * Answers the exit code: 1 where the logs of a node could not be had.
 */
export async function showLogs({
  name,
  follow = false,
  timestamps = false,
  ...options
}: LogsOptions & Target) {
  const { tail: lines, since: from, ...target } = options;
  const tail = lines === undefined || lines === "all" ? undefined : countOf(lines);
  const since = from === undefined ? undefined : timeOf(from);
  return withCluster(target, async ({ managers }, waiting) => {
    const reading = new AbortController();
    const signal = AbortSignal.any([waiting.signal, reading.signal]);
    // Whoever reads may have seen enough: `logs web | head`.
    const enough = () => reading.abort();
    process.stdout.on("error", enough);
    try {
      const swarm = await lookAtTasks(managers, waiting);
      const { service, isOne, tasks } = tasksCalled(name, swarm);
      const { ID: id, Spec } = service;
      const about = { id, name: Spec.Name, hasTerminal: Spec.TaskTemplate.ContainerSpec?.TTY ?? false };
      const view = new LogView(service, swarm, isOne ? tasks : undefined, timestamps);
      const manager = await onManager(managers, waiting, async (engine) => {
        await inspectSwarm(engine, signal);
        return engine;
      });
      let shown = 0;
      for await (const line of serviceLogs(manager, about, { follow, tail, since }, signal)) {
        if (!view.knows(line)) view.learn(await lookAtTasks(managers, waiting));
        const text = view.textOf(line);
        if (text === undefined) continue;
        shown++;
        (line.from === "stdout" ? process.stdout : process.stderr).write(`${text}\n`);
      }
      if (shown === 0) process.stderr.write(`No lines of ${isOne ? name : Spec.Name}.\n`);
      return view.isIncomplete ? 1 : 0;
    } catch (error) {
      if (signal.aborted) return 0;
      throw error;
    }
  });
}

function countOf(tail: string): number {
  if (/^\d+$/.test(tail)) return Number(tail);
  throw new Error(`--tail "${tail}" is no number of lines. Give a whole number, or "all".`);
}

function timeOf(since: string): Date {
  const before = parseDuration(since);
  const time = before === undefined ? Date.parse(since) : Date.now() - before;
  if (!Number.isNaN(time)) return new Date(time);
  throw new Error(
    `--since "${since}" is neither a duration such as "10m" or "1h30m" nor a time such as "2026-11-20T13:00:00Z".`,
  );
}
