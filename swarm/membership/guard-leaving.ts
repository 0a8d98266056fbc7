import type { Context } from "../../foundation/context";
import type { NodeSpecsInputs } from "../../schema/swarm";
import { guardVolumes } from "../volumes/protection";
import { guardQuorum } from "./guard-quorum";
import { connectionOfMember } from "./lost";

type Nodes = NodeSpecsInputs["nodes"];

/**
 * Before anything is done to members that the program has no more, or has another machine for: tells what lies on theirs, and
 * refuses it where that is protected. In a preview the ID of a member to come is not known, and no other one is it.
 */
export async function guardLeaving(old: NodeSpecsInputs, wanted: Nodes, context: Context): Promise<void> {
  await guardQuorum(old, wanted, context);
  const stay = new Set(Object.values(wanted).map(({ nodeId }) => nodeId));
  const leaving = Object.entries(old.nodes)
    .filter(([, { nodeId }]) => !stay.has(nodeId))
    .map(([name, { nodeId }]) => ({ name, nodeId, connection: connectionOf(name, nodeId, old, context) }));
  await guardVolumes(leaving, old, context);
}

function connectionOf(name: string, nodeId: string, { managers }: NodeSpecsInputs, context: Context) {
  const known = connectionOfMember(nodeId, context);
  return known ?? managers.find((manager) => manager.name === name)?.connection;
}
