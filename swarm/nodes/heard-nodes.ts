import type { ManagerRef } from "../../schema/connection";
import { showPending, type Waiting } from "../../foundation/context";
import { onManager } from "../managers";
import { nodeName } from "./node-name";
import { listNodes } from "../../docker/nodes";
import type { SwarmNodeInspect } from "../../docker/api/node";
import { waitFor, WaitTimeout } from "../../foundation/wait";

/** A new leader calls a node Down after six heartbeats of 5 s without a word, and their spread (swarmkit, dispatcher/nodes.go). */
export const HEARD_TIMEOUT_MS = 45_000;

/**
 * Whether the swarm does not know how a node is. A leader that was just elected calls every node "unknown", and a dispatcher that
 * ends calls its own "disconnected", until each has found the new one (swarmkit, dispatcher.go): their tasks run all the while.
 * One that has never said anything is waited for in vain.
 */
export function isUnheard({ Status, Description }: SwarmNodeInspect): boolean {
  return (Status.State === "unknown" || Status.State === "disconnected") && Boolean(Description.Hostname);
}

/**
 * The nodes of a swarm, once its leader knows how those are that count: Ready, or Down. Where it does not for longer than that
 * takes, the list is as it is.
 */
export async function heardNodes(
  managers: readonly ManagerRef[],
  waiting: Waiting,
  counts: (node: SwarmNodeInspect) => boolean = () => true,
): Promise<SwarmNodeInspect[]> {
  let nodes: SwarmNodeInspect[] = [];
  try {
    await waitFor<void>(
      {
        name: "its leader has heard from every node",
        on: "the swarm",
        intervalMs: 500,
        timeoutMs: HEARD_TIMEOUT_MS,
        signal: waiting.signal,
        onPending: showPending(waiting, "waiting for the new leader's word"),
      },
      async () => {
        nodes = await onManager(managers, waiting, (engine) => listNodes(engine, waiting.signal));
        const unheard = nodes.filter((node) => counts(node) && isUnheard(node));
        if (unheard.length === 0) return { done: undefined };
        return { pending: unheard.map((node) => `${nodeName(node)} is ${node.Status.State}`).join(", ") };
      },
    );
  } catch (error) {
    if (!(error instanceof WaitTimeout)) throw error;
  }
  return nodes;
}
