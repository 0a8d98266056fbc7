import { listNodes, wantedTasks } from "../../docker/nodes";
import { allServices } from "../../docker/services";
import type { Service } from "../../docker/api/service";
import type { Waiting } from "../../foundation/context";
import { onManager } from "../managers";
import type { Member } from "../nodes/standing";
import { volumeMounts } from "../volumes/node-volumes";
import { roomFor } from "./room";

/** Services whose tasks come back with the next machine of a node that leaves before that one starts. */
export interface Held {
  /** IDs of those that have no other place, or whose files are there. */
  ids: ReadonlySet<string>;
  /** Names of those that have files there, and that nothing keeps from another place, where they would find none. */
  astray: readonly string[];
}

const NONE: Held = { ids: new Set(), astray: [] };

/** @param volumes - those of the node whose files its next machine has again. Without any nothing is held */
export async function heldServices(
  { managers, nodeId }: Member,
  volumes: readonly string[],
  waiting: Waiting,
): Promise<Held> {
  if (volumes.length === 0) return NONE;
  return onManager(managers, waiting, async (engine) => {
    const [nodes, services, tasks] = await Promise.all([
      listNodes(engine, waiting.signal),
      allServices(engine, waiting.signal),
      wantedTasks(engine, waiting.signal),
    ]);
    const others = nodes.filter(({ ID }) => ID !== nodeId);
    const here = new Set(tasks.filter(({ NodeID }) => NodeID === nodeId).map(({ ServiceID }) => ServiceID));
    const running = services.filter(({ ID, Spec }) => here.has(ID) && Spec.Mode.Replicated);
    const hasPlace = (service: Service) =>
      others.some((node) => roomFor(service, node, { nodes, services, tasks }) > 0);
    const hasFiles = (service: Service) =>
      volumeMounts(service).some(({ Source }) => volumes.includes(Source));
    return {
      ids: new Set(running.filter((service) => hasFiles(service) || !hasPlace(service)).map(({ ID }) => ID)),
      astray: running
        .filter((service) => hasFiles(service) && hasPlace(service))
        .map(({ Spec }) => Spec.Name),
    };
  });
}
