import type { Service } from "../../docker/api/service";
import type { Task } from "../../docker/api/task";

/** A task that runs, and where. */
export interface RunningTask {
  id: string;
  /** Number of the replica; none of a global service. */
  slot?: number;
  nodeId: string;
  /** ID of its container. */
  container: string;
}

/**
 * The tasks of a service that run, by their number.
 *
 * @param tasks - of the service, or of others as well
 * @param none - what is said where none does. @default that no task of the service does
 * @throws Error with what the newest of them came to, where none does
 */
export function runningTasksOf(
  { ID, Spec }: Service,
  tasks: readonly Task[],
  none = `No task of ${Spec.Name} runs`,
): [RunningTask, ...RunningTask[]] {
  const own = tasks.filter(({ ServiceID }) => ServiceID === ID);
  const [first, ...others] = own
    .flatMap((task) => placeOf(task) ?? [])
    .sort((a, b) => (a.slot ?? 0) - (b.slot ?? 0));
  if (first) return [first, ...others];
  const newest = [...own].sort((a, b) => b.Status.Timestamp.localeCompare(a.Status.Timestamp)).slice(0, 3);
  const states = newest.map(({ Status }) =>
    [Status.State, Status.Err ?? Status.Message].filter(Boolean).join(": "),
  );
  throw new Error(`${none}. Its newest: ${states.join("; ") || "it has none yet"}.`);
}

function placeOf({ ID, Slot, NodeID, DesiredState, Status }: Task): RunningTask | undefined {
  const container = Status.ContainerStatus?.ContainerID;
  if (Status.State !== "running" || DesiredState !== "running" || !container || !NodeID) return undefined;
  return { id: ID, slot: Slot, nodeId: NodeID, container };
}
