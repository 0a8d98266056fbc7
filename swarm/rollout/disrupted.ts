import type { ManagerRef } from "../../schema/connection";
import type { DisruptionBudget } from "../../schema/swarm";

/** A node that is about to stop working for its swarm, for a while or for good. */
export interface Disrupted {
  name: string;
  nodeId: string;
  clusterId: string;
  role: "manager" | "worker";
  managers: readonly ManagerRef[];
  disruption?: DisruptionBudget;
}
