import type { SwarmNodeInspect } from "../../docker/api/node";
import type { Service } from "../../docker/api/service";
import type { Task } from "../../docker/api/task";
import { nodeName } from "../nodes/node-name";
import { serviceCalled } from "./find-service";

/** The services of a swarm, and where their tasks are. */
export interface SwarmTasks {
  nodes: readonly SwarmNodeInspect[];
  services: readonly Service[];
  /** Those that are there still, former ones as well. */
  tasks: readonly Task[];
}

/** A service, and those of its tasks that are meant. */
export interface NamedTasks {
  service: Service;
  /** Whether one replica was named, and not the service. */
  isOne: boolean;
  tasks: Task[];
}

/** Shorter ones are taken for a name. */
const SHORTEST_ID = 8;

/**
 * What "web", "shop_web", "web.2", "web.NODE" or the ID of a task speaks of.
 *
 * @throws Error with what there is
 */
export function tasksCalled(target: string, swarm: SwarmTasks): NamedTasks {
  // No service has a dot in its name, and a node may.
  const [name, ...rest] = target.split(".");
  const which = rest.join(".");
  const byId = which === "" && target.length >= SHORTEST_ID ? startingWith(target, swarm.tasks) : [];
  const service =
    byId.length === 1
      ? swarm.services.find(({ ID }) => ID === byId[0].ServiceID)
      : serviceCalled(name, swarm.services);
  if (!service) throw new Error(`The service of task ${target} is gone.`);
  if (byId.length === 1) return { service, isOne: true, tasks: byId };
  const own = swarm.tasks.filter(({ ServiceID }) => ServiceID === service.ID);
  if (which === "") return { service, isOne: false, tasks: own };
  const found = own.filter((task) => isCalled(which, task, swarm.nodes));
  if (found.length > 0) return { service, isOne: true, tasks: found };
  throw new Error(
    `${service.Spec.Name} has no task "${which}". It has: ${namesOf(own, service, swarm) || "none"}.`,
  );
}

/** "shop_web.2", or "shop_agent.app-1" of a global service. */
export function taskName(
  { Slot, NodeID }: Pick<Task, "Slot" | "NodeID">,
  { Spec }: Service,
  nodes: readonly SwarmNodeInspect[],
): string {
  return `${Spec.Name}.${Slot || nameOfNode(NodeID, nodes)}`;
}

/** Its ID, where it is in the list no more; empty where a task has none yet. */
export function nameOfNode(id: string | undefined, nodes: readonly SwarmNodeInspect[]): string {
  const node = nodes.find(({ ID }) => ID === id);
  return node ? nodeName(node) : (id ?? "");
}

/** "web.2" and, as docker has it, "web.2.ID"; "web.NODE"; "web.ID". */
function isCalled(which: string, task: Task, nodes: readonly SwarmNodeInspect[]): boolean {
  const { Slot, NodeID, ID } = task;
  const names = [String(Slot ?? ""), `${Slot ?? NodeID}.${ID}`, NodeID, nameOfNode(NodeID, nodes)];
  return names.includes(which) || (which.length >= SHORTEST_ID && ID.startsWith(which));
}

function startingWith(id: string, tasks: readonly Task[]): Task[] {
  return tasks.filter(({ ID }) => ID.startsWith(id));
}

function namesOf(tasks: readonly Task[], service: Service, { nodes }: SwarmTasks): string {
  const places = tasks
    .filter(({ DesiredState }) => DesiredState === "running")
    .map((task) => {
      const name = taskName(task, service, nodes);
      const node = nameOfNode(task.NodeID, nodes);
      return task.Slot && node ? `${name} on ${node}` : name;
    });
  return [...new Set(places)].sort((a, b) => a.localeCompare(b, "en", { numeric: true })).join(", ");
}
