import { closeConnections } from "../engine/connect";
import { readClusterState } from "./cluster-state";
import { stackOutputs } from "./stack-outputs";
import { renderStatus } from "./status-view";

export interface StatusOptions {
  stack: string;
  env: NodeJS.ProcessEnv;
  /** Print the state as JSON. @default false */
  json?: boolean;
}

/** Prints the live state of a stack's cluster. */
export async function showStatus({ stack, env, json = false }: StatusOptions): Promise<void> {
  const { swarm, demoUrls } = await stackOutputs(stack, env);
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort());
  try {
    const state = await readClusterState(swarm, interrupted.signal);
    console.log(json ? JSON.stringify(state, null, 2) : renderStatus(state, demoUrls));
  } finally {
    closeConnections();
  }
}
