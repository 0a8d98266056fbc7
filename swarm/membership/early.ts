import type { SwarmNodeInputs } from "../../schema/swarm";
import { connect } from "../../docker/connect";
import { recentNodes } from "../nodes/node-list";
import { givenName } from "../nodes/node-name";
import { info } from "../../docker/nodes";
import { swarmStates } from "../swarm-states";
import type { SwarmNodeInspect } from "../../docker/api/node";
import { waitFor } from "../../foundation/wait";
import type { Context } from "../../foundation/context";
import { slot, type InSession } from "../../foundation/session";

/** Joins that the swarm counts and their own engines have not ended yet, by cluster. */
const underWay = slot(() => new Map<string, Promise<void>[]>());

const LOOK_MS = 40;
/** The caller's own deadline comes first: this one ends with the join. */
const LONGEST_MS = 3_600_000;

/**
 * The node ID of a manager as soon as the swarm shows it as Ready and Reachable, where another manager waits to join after
 * it; else undefined, and the end of its own join counts. Its engine needs up to 0.5 s more to notice that it can serve: it
 * looks twice a second (swarmkit, node/node.go, initManagerConnection). The last one to join waits for all: {@link othersJoined}.
 *
 * Not while members are replaced: what retires a predecessor asks each manager itself what it is.
 */
export async function joinedForOthers(
  inputs: SwarmNodeInputs,
  joining: Promise<void>,
  context: Context,
): Promise<string | undefined> {
  // Whoever awaits it is told of its failure; here it only ends the wait.
  let over = false;
  const end = () => void (over = true);
  joining.then(end, end);
  if (!(await mayGoOn(inputs, context))) return undefined;
  const nodeId = await waitFor<string | undefined>(
    {
      name: "the swarm counts it as a manager",
      on: inputs.name,
      intervalMs: LOOK_MS,
      timeoutMs: LONGEST_MS,
      signal: context.signal,
    },
    async () => {
      if (over) return { done: undefined };
      const nodes = await recentNodes(inputs.managers, context);
      if (!nodes.some((node) => isReadyAt(node, inputs.advertiseAddr))) return { pending: "not yet" };
      const { Swarm } = await info(connect(inputs.connection, context), context.signal);
      const node = nodes.find(({ ID }) => ID === Swarm.NodeID);
      return node && isReadyAt(node, inputs.advertiseAddr) ? { done: node.ID } : { pending: "not yet" };
    },
  );
  const joins = context.session.get(underWay);
  if (nodeId) joins.set(inputs.clusterId, [...(joins.get(inputs.clusterId) ?? []), joining]);
  return nodeId;
}

/** The joins that somebody went on before the end of are over. Rejects as they do. */
export async function othersJoined({ clusterId }: SwarmNodeInputs, { session }: InSession): Promise<void> {
  const joins = session.get(underWay);
  const ofCluster = joins.get(clusterId) ?? [];
  joins.delete(clusterId);
  await Promise.all(ofCluster);
}

/** Whether a manager behind it in the list is no member yet, and no node has a predecessor of its name. */
async function mayGoOn(inputs: SwarmNodeInputs, context: Context): Promise<boolean> {
  const { name, managers } = inputs;
  const nodes = await recentNodes(managers, context);
  const names = [name, ...nodes.map(givenName).filter((given) => given !== undefined)];
  if (new Set(names).size < names.length) return false;
  const place = managers.findIndex((manager) => manager.name === name);
  const behind = place < 0 ? [] : managers.slice(place + 1);
  return (await swarmStates(behind, context)).includes("inactive");
}

function isReadyAt({ Status, ManagerStatus }: SwarmNodeInspect, address: string | undefined): boolean {
  const at = ManagerStatus?.Addr?.replace(/:\d+$/, "");
  return Status.State === "ready" && ManagerStatus?.Reachability === "reachable" && at === address;
}
