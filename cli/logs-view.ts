import type { Service } from "../docker/api/service";
import type { LogLine } from "../docker/service-logs";
import type { Task } from "../docker/api/task";
import { nameOfNode, taskName, type SwarmTasks } from "../swarm/services/named-tasks";

/** The lines of a service's logs as they are printed: task, node and text. */
export class LogView {
  private width = 0;
  private incomplete = false;

  /**
   * @param chosen - the only tasks whose lines are shown, and those that come in their place. @default all
   * @param timestamps - whether each line has its time
   */
  constructor(
    private readonly service: Service,
    private swarm: SwarmTasks,
    private readonly chosen: readonly Task[] | undefined,
    private readonly timestamps: boolean,
  ) {
    this.learn(swarm);
  }

  /** Whether the logs of some task could not be had. */
  get isIncomplete(): boolean {
    return this.incomplete;
  }

  /** Takes up a newer look at the swarm. */
  learn(swarm: SwarmTasks): void {
    this.swarm = swarm;
    const shown = swarm.tasks.filter(
      (task) => task.ServiceID === this.service.ID && task.NodeID && this.isShown(task),
    );
    const names = shown.map((task) => this.nameOf(task).length);
    this.width = Math.max(this.width, ...names);
  }

  /** Whether its task was there at the last look. */
  knows({ task }: LogLine): boolean {
    return task === undefined || this.swarm.tasks.some(({ ID }) => ID === task);
  }

  /** Nothing for what is not to be shown. */
  textOf({ from, task: id, node, time, text }: LogLine): string | undefined {
    if (from === "engine") {
      this.incomplete = true;
      return this.withNodeNames(text);
    }
    const task = this.swarm.tasks.find(({ ID }) => ID === id);
    if (this.chosen && !(task && this.isShown(task))) return undefined;
    // Of a task that is gone from the list its ID is all that is known.
    const name = task ? this.nameOf(task) : `${this.service.Spec.Name}.${id}@${this.nodeName(node)}`;
    return [this.timestamps ? `${time} ` : "", name.padEnd(this.width), " | ", text].join("");
  }

  private isShown({ ID, Slot, NodeID }: Task): boolean {
    return (
      this.chosen === undefined ||
      this.chosen.some((one) => one.ID === ID || (Slot ? one.Slot === Slot : one.NodeID === NodeID))
    );
  }

  private nameOf(task: Task): string {
    const name = taskName(task, this.service, this.swarm.nodes);
    return task.Slot ? `${name}@${this.nodeName(task.NodeID)}` : name;
  }

  private nodeName(id?: string): string {
    return nameOfNode(id, this.swarm.nodes);
  }

  private withNodeNames(text: string): string {
    return this.swarm.nodes.reduce((all, { ID }) => all.replaceAll(ID, this.nodeName(ID)), text);
  }
}
