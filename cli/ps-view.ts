import type { Task } from "../docker/api/task";
import type { Service } from "../docker/api/service";
import { nameOfNode, taskName, type SwarmTasks } from "../swarm/services/named-tasks";
import { table } from "../validation/table";

export interface TaskRow {
  task: string;
  id: string;
  node: string;
  image: string;
  desired: string;
  state: string;
  /** When it came into this state, as an RFC 3339 time. */
  since: string;
  /** Why it does not run, in the engine's words. */
  error?: string;
  /** What the newest task before it in its place came to, where this one does not run. */
  before?: string;
}

/** States of a task that came to its end by itself, and has no successor. */
const ENDED = ["complete", "failed", "rejected", "orphaned"];
const WANTED = ["running", "ready", "accepted", "complete"];
const FAILED = ["failed", "rejected", "orphaned"];

/** The tasks of the services, by service and number, the newest of each number first. @param all - former ones as well */
export function taskRows({ services, tasks, nodes }: SwarmTasks, all: boolean): TaskRow[] {
  return [...services].sort(byName).flatMap((service) => {
    const own = tasks.filter(({ ServiceID }) => ServiceID === service.ID);
    const places = new Map<string, Task[]>();
    for (const task of own) {
      const name = taskName(task, service, nodes);
      places.set(name, [...(places.get(name) ?? []), task]);
    }
    return [...places]
      .sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }))
      .flatMap(([name, ofPlace]) => {
        const newest = [...ofPlace].sort(newestFirst);
        const shown = all ? newest : currentOf(newest);
        return shown.map((task) => ({
          ...rowOf(name, task, nodes),
          before: all ? undefined : cameBefore(task, newest, nodes),
        }));
      });
  });
}

/** Those that are wanted; where none is, the newest one, if it ended by itself: others were taken away. */
function currentOf(newest: readonly Task[]): Task[] {
  const wanted = newest.filter(
    ({ DesiredState, Status }) => WANTED.includes(DesiredState) && !FAILED.includes(Status.State),
  );
  return wanted.length > 0 ? wanted : newest.slice(0, 1).filter(({ Status }) => ENDED.includes(Status.State));
}

function rowOf(name: string, task: Task, nodes: SwarmTasks["nodes"]): TaskRow {
  const { ID, NodeID, DesiredState, Status, Spec } = task;
  return {
    task: name,
    id: ID,
    node: nameOfNode(NodeID, nodes),
    image: (Spec.ContainerSpec?.Image ?? "").replace(/@sha256:.*/, ""),
    desired: DesiredState,
    state: Status.State,
    since: Status.Timestamp,
    error: Status.Err || undefined,
  };
}

/** The newest error of a place whose task does not run, and has none of its own. */
function cameBefore(task: Task, newest: readonly Task[], nodes: SwarmTasks["nodes"]): string | undefined {
  if (task.Status.Err || ["running", "complete"].includes(task.Status.State)) return undefined;
  const earlier = newest.slice(newest.indexOf(task) + 1).find(({ Status }) => Status.Err);
  if (!earlier) return undefined;
  const where = earlier.NodeID ? ` on ${nameOfNode(earlier.NodeID, nodes)}` : "";
  return `${earlier.Status.State}${where}: ${earlier.Status.Err}`;
}

/** A table, with errors whole beneath their rows. */
export function renderTasks(rows: readonly TaskRow[], now: number): string {
  if (rows.length === 0) return "No tasks.";
  const cells = rows.map(({ task, node, image, desired, state, since }) => [
    task,
    node || "-",
    image,
    desired,
    state,
    ago(now - Date.parse(since)),
  ]);
  const [header, ...lines] = table(["TASK", "NODE", "IMAGE", "DESIRED", "STATE", "SINCE"], cells).split("\n");
  const told = lines.flatMap((line, index) => {
    const { error, before } = rows[index];
    return [line, ...beneath(error), ...beneath(before && `before: ${before}`)];
  });
  return [header, ...told].join("\n");
}

function beneath(text: string | undefined): string[] {
  return text ? text.split("\n").map((line) => `    ${line}`) : [];
}

const UNITS: [number, string][] = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "m"],
  [1_000, "s"],
];

/** "3 m ago". The clocks of managers and of this machine may differ a little. */
function ago(ms: number): string {
  const [size, unit] = UNITS.find(([least]) => ms >= least) ?? [1_000, "s"];
  return `${Math.max(0, Math.floor(ms / size))} ${unit} ago`;
}

function byName(a: Service, b: Service): number {
  return a.Spec.Name.localeCompare(b.Spec.Name, "en", { numeric: true });
}

/** By when they were made: an old one that is shut down late is no newer one. */
function newestFirst(a: Task, b: Task): number {
  return b.CreatedAt.localeCompare(a.CreatedAt);
}
