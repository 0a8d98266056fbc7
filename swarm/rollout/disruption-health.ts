import { onManager } from "../managers";
import { nodeName } from "../nodes/node-name";
import { listNodes } from "../../docker/nodes";
import type { SwarmNodeInspect } from "../../docker/api/node";
import { waitFor } from "../../foundation/wait";
import type { Disrupted } from "./disrupted";
import { type Context, showPending } from "../../foundation/context";
import { isSilent } from "../nodes/silent";

const HEALTH_TIMEOUT_MS = 120_000;
/** Every turn in front has a deadline of its own; this one only ends a wait that nothing would end. */
const TURN_TIMEOUT_MS = 24 * 3_600_000;

/**
 * Waits until a worker can go out of service without more than `most` being so, those that are down counted. Read live
 * before each step. Quorum is judged by the step of a manager itself.
 *
 * @param holders - the nodes that have a turn, the first one first; this one is among them.
 */
export async function enoughWorkersUp(
  node: Disrupted,
  holders: readonly Disrupted[],
  most: number,
  context: Context,
): Promise<void> {
  if (node.role === "manager") return;
  await roomBesideOthers(node, holders, most, context);
  await healthy(node, most, context);
}

/** Those who came first end their turns in a time of their own; the first one of all waits for health alone. */
async function roomBesideOthers(
  node: Disrupted,
  holders: readonly Disrupted[],
  most: number,
  context: Context,
): Promise<void> {
  await waitFor<void>(
    {
      name: "there is room beside the workers that are down",
      on: node.name,
      intervalMs: 1000,
      timeoutMs: TURN_TIMEOUT_MS,
      signal: context.signal,
      onPending: showPending(context, "waiting"),
    },
    async () => {
      if (holders[0] === node) return { done: undefined };
      const down = await workersDown(node, holders, context);
      // Read after the answer: turns ended meanwhile.
      const first = holders.slice(0, holders.indexOf(node)).map(({ name }) => name);
      if (down.length + first.length < most) return { done: undefined };
      return { pending: `${first.join(", ")} first, as ${described(down)}` };
    },
  );
}

async function healthy(node: Disrupted, most: number, context: Context): Promise<void> {
  await waitFor<void>(
    {
      name: `fewer than ${most} other workers are down`,
      on: node.name,
      intervalMs: 1000,
      timeoutMs: HEALTH_TIMEOUT_MS,
      signal: context.signal,
      onPending: showPending(context, "waiting"),
      remedy:
        "Bring them back, or take them out of the swarm (docker node rm), or raise `disruption.maxUnavailable`.",
    },
    async () => {
      const down = await workersDown(node, [node], context);
      return down.length < most ? { done: undefined } : { pending: described(down) };
    },
  );
}

/** Workers that are down, but for those that are counted already. */
async function workersDown(
  { managers }: Disrupted,
  counted: readonly Disrupted[],
  context: Context,
): Promise<SwarmNodeInspect[]> {
  const nodes = await onManager(managers, context, (engine) => listNodes(engine, context.signal));
  const ids = new Set(counted.map(({ nodeId }) => nodeId));
  return nodes.filter(
    (node) =>
      !ids.has(node.ID) &&
      node.Spec.Role === "worker" &&
      node.Status.State !== "ready" &&
      // What was never up is not down: it joins just now, or an earlier run did not get it to.
      !isSilent(node),
  );
}

function described(nodes: readonly SwarmNodeInspect[]): string {
  return nodes.map((node) => `${nodeName(node)} is ${node.Status.State}`).join(", ");
}
