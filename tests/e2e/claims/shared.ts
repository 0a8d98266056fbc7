import type { Witness } from "../harness/witness";
import type { Workspace } from "../harness/workspace";

/** The one cluster that many claims look at in turn, each of which leaves it as it was described by the first `up`. */
export interface Shared {
  workspace: Workspace;
  witness: Witness;
}

export interface ClusterNode {
  name: string;
  id: string;
  address: string;
}

export interface Outputs {
  clusterId: string;
  managers: ClusterNode[];
  workers: ClusterNode[];
  dockerHost: string;
  demoUrls: string[];
}

export const FIRST_PASSWORD = "the first password of the demo";
export const GREETING = "Hello from the first up";

/** The configuration of the first `up`. */
export const SETTINGS = {
  managers: 3,
  managerLabels: { zone: "a" },
  workers: [{ name: "app", count: 2, labels: { zone: "b", storage: "ssd" } }],
  demo: true,
  demoGreeting: GREETING,
};

/** Nodes as every claim but the few that change them expects them. */
export const NODES = ["app-1", "app-2", "manager-1", "manager-2", "manager-3"];

/** An `up` on a busy machine with two cores. */
export const UP_MS = 240_000;

export async function addressesOf({ workspace }: Shared): Promise<string[]> {
  const { managers, workers } = await workspace.outputs<Outputs>();
  return [...workers, ...managers].map(({ address }) => address);
}
