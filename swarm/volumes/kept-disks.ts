import { slot, type InSession } from "../../foundation/session";
import type { SwarmNodeInputs, SwarmNodeOutputs } from "../../schema/swarm";

/** Volumes, each with what tells its disk from others. */
type Disks = Readonly<Record<string, string>>;

const memory = slot(() => ({
  /** Of the nodes of this program, by cluster and name. */
  wanted: new Map<string, Disks>(),
  /** Of members, by node ID. */
  had: new Map<string, Disks>(),
}));

type Named = Pick<SwarmNodeInputs, "clusterId" | "name">;

/** Notes the disks that a node of the program is to have. */
export function noteDisks(
  { disks, ...node }: Named & Pick<SwarmNodeInputs, "disks">,
  within: InSession,
): void {
  within.session.get(memory).wanted.set(keyOf(node), disks ?? {});
}

/** Notes the disks of a member: who takes it out of service knows its node ID only. */
export function noteDisksOfMember(
  { nodeId, disks }: Pick<SwarmNodeInputs & SwarmNodeOutputs, "nodeId" | "disks">,
  { session }: InSession,
): void {
  session.get(memory).had.set(nodeId, disks ?? {});
}

/** The volumes of a member whose files the next machine of its node has again: what lies on them is not lost. */
export function volumesThatStay(
  { nodeId, ...node }: Named & Pick<SwarmNodeOutputs, "nodeId">,
  { session }: InSession,
): string[] {
  const { wanted, had } = session.get(memory);
  const now = wanted.get(keyOf(node)) ?? {};
  return Object.entries(had.get(nodeId) ?? {}).flatMap(([volume, disk]) =>
    now[volume] === disk ? [volume] : [],
  );
}

/** Whether a node of the program leaves before its successor starts, as both would write to its disks. */
export function leavesFirst(node: Named, { session }: InSession): boolean {
  return Object.keys(session.get(memory).wanted.get(keyOf(node)) ?? {}).length > 0;
}

function keyOf({ clusterId, name }: Named): string {
  return `${String(clusterId)} ${name}`;
}
