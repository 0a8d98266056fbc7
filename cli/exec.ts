import { exitCodeOf, resizeExec, startExec, type Exec } from "../docker/exec";
import type { EngineClient } from "../docker/engine-client";
import type { Waiting } from "../foundation/context";
import { waitFor, WaitTimeout } from "../foundation/wait";
import { lookAtTasks } from "../swarm/services/look-at-tasks";
import { nameOfNode, taskName, tasksCalled, type SwarmTasks } from "../swarm/services/named-tasks";
import { runningTasksOf } from "../swarm/services/running-tasks";
import { engineOfNode } from "./node-engine";
import type { Target } from "./stack-state";
import { BrokenPipe, carried } from "./exec-streams";
import { withCluster } from "./with-cluster";

export interface ExecOptions {
  /** A service, or one of its tasks. */
  name: string;
  command: string[];
  /** Whether the command reads what this one is given. @default false */
  interactive?: boolean;
  /** Give it a terminal, where this one has one. @default false */
  tty?: boolean;
}

/** The engine tells how a command ended a moment after its output has. */
const ENDED_MS = 10_000;
/** What a shell makes of Ctrl-C, and of output that nobody reads. */
const INTERRUPTED = 130;
const BROKEN_PIPE = 141;

/** Runs a command in a running task, on whichever node it is. Answers the command's exit code. */
export function execInTask({
  name,
  command,
  interactive = false,
  tty = false,
  ...target
}: ExecOptions & Target) {
  return withCluster(target, async (wanted, waiting) => {
    const swarm = await lookAtTasks(wanted.managers, waiting);
    const { task, container, node } = chosen(name, swarm);
    const engine = await engineOfNode(node, wanted, waiting);
    const hasTerminal = tty && process.stdin.isTTY && process.stdout.isTTY;
    const spec = { command, stdin: interactive, tty: hasTerminal };
    const exec = await startExec(engine, { id: container, name: task }, spec, waiting.signal);
    const resize = () => void resizeExec(engine, exec, sizeOf(process.stdout)).catch(() => undefined);
    if (hasTerminal) resize();
    try {
      await carried(exec.stream, { ...spec, resize, signal: waiting.signal });
      return await ended(engine, exec, task, waiting);
    } catch (error) {
      if (waiting.signal.aborted) return INTERRUPTED;
      if (error instanceof BrokenPipe) return BROKEN_PIPE;
      throw error;
    }
  });
}

/** Which task it is to be; where several run and none was named, the first one, and a line says so. */
function chosen(name: string, swarm: SwarmTasks) {
  const { service, isOne, tasks } = tasksCalled(name, swarm);
  const [first, ...others] = runningTasksOf(service, tasks, isOne ? `Task ${name} does not run` : undefined);
  const node = swarm.nodes.find(({ ID }) => ID === first.nodeId);
  const task = taskName({ Slot: first.slot, NodeID: first.nodeId }, service, swarm.nodes);
  if (!node) throw new Error(`${task} runs on a node that the swarm lists no more: ${first.nodeId}.`);
  if (others.length > 0 && !isOne) {
    const where = nameOfNode(node.ID, swarm.nodes);
    console.error(`${others.length + 1} tasks of ${service.Spec.Name} run; this is ${task} on ${where}.`);
  }
  return { task, node, container: first.container };
}

async function ended(engine: EngineClient, exec: Exec, task: string, waiting: Waiting): Promise<number> {
  try {
    return await waitFor<number>(
      {
        name: "the command has ended",
        on: task,
        intervalMs: 50,
        timeoutMs: ENDED_MS,
        signal: waiting.signal,
      },
      async () => {
        const code = await exitCodeOf(engine, exec);
        return code === undefined ? { pending: "it runs" } : { done: code };
      },
    );
  } catch (error) {
    if (!(error instanceof WaitTimeout)) throw error;
    throw new Error(`${task}: the connection to the command ended, and the command runs on there.`, {
      cause: error,
    });
  }
}

function sizeOf({ rows, columns }: NodeJS.WriteStream) {
  return { rows, columns };
}
