import { STACK_LABEL } from "../docker/services";
import type { Service } from "../docker/api/service";
import { lookAtTasks } from "../swarm/services/look-at-tasks";
import { serviceCalled } from "../swarm/services/find-service";
import type { SwarmTasks } from "../swarm/services/named-tasks";
import { renderTasks, taskRows } from "./ps-view";
import type { Target } from "./stack-state";
import { withCluster } from "./with-cluster";

export interface PsOptions {
  /** A stack or a service. @default all services */
  name?: string;
  /** Former tasks as well. @default false */
  all?: boolean;
  /** Print them as JSON. @default false */
  json?: boolean;
}

/** Prints the tasks of a stack, of a service or of the whole swarm. */
export async function showTasks({ name, all = false, json = false, ...target }: PsOptions & Target) {
  const swarm = await withCluster(target, ({ managers }, waiting) => lookAtTasks(managers, waiting));
  const rows = taskRows({ ...swarm, services: chosen(name, swarm) }, all);
  console.log(json ? JSON.stringify(rows, null, 2) : renderTasks(rows, Date.now()));
}

function chosen(name: string | undefined, { services }: SwarmTasks): Service[] {
  if (name === undefined) return [...services];
  const isOfStack = ({ Spec }: Service) => Spec.Labels?.[STACK_LABEL] === name;
  // A stack's service may have its stack's name.
  const isCalled = services.some(({ Spec }) => Spec.Name === name);
  if (!isCalled && services.some(isOfStack)) return services.filter(isOfStack);
  try {
    return [serviceCalled(name, services)];
  } catch (error) {
    const stacks = new Set(services.flatMap(({ Spec }) => Spec.Labels?.[STACK_LABEL] ?? []));
    const are = stacks.size > 0 ? ` Stacks: ${[...stacks].sort().join(", ")}.` : "";
    throw new Error(`${(error as Error).message}${are}`, { cause: error });
  }
}
