import { closeConnections } from "../docker/connect";
import { readClusterState } from "./cluster-state";
import { recordedCluster } from "./recorded-cluster";
import type { Target } from "./stack-state";
import { renderStatus } from "./status-view";
import { Session } from "../foundation/session";

export interface StatusOptions extends Target {
  /** Print the state as JSON. @default false */
  json?: boolean;
}

/** Prints the live state of a stack's cluster. */
export async function showStatus({ json = false, ...target }: StatusOptions): Promise<void> {
  const wanted = await recordedCluster(target);
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort());
  const run = { signal: interrupted.signal, session: new Session() };
  try {
    const state = await readClusterState(wanted, run);
    console.log(json ? JSON.stringify(state, null, 2) : renderStatus(state));
  } finally {
    closeConnections(run);
  }
}
