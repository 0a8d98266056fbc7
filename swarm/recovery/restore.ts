import path from "node:path";
import type { Readable } from "node:stream";
import type { ManagerRef } from "../../schema/connection";
import { isOwnedBy, NODE_LABEL, type Labels, type Owner } from "../../schema/owner";
import type { NodeSpec } from "../../docker/api/node";
import { connect } from "../../docker/connect";
import { changeNode } from "../../docker/nodes";
import type { Waiting } from "../../foundation/context";
import { SWARM_FOLDER } from "../../transport/machine-control";
import { whileEngineStopped } from "../engines/engine-stop";
import { takeOver } from "../take-over";
import { forceNewCluster, removeNodes } from "./force-new-cluster";

/** A swarm whose state was written to a machine. */
export interface Restored {
  /** Address that its manager had, and the machine has now. */
  address: string;
  autolock: boolean;
  /** The swarm's own labels. */
  labels: Labels;
}

/** Writes the state of a swarm to a machine that is in none. */
export function putState({ connection }: ManagerRef, archive: Readable, waiting: Waiting): Promise<void> {
  return whileEngineStopped(connection, waiting, (machine) => {
    waiting.progress("writing the state");
    return machine.write(path.posix.dirname(SWARM_FOLDER), archive);
  });
}

/** Makes a machine with the state of a swarm its only node, and the swarm the owner's. */
export async function leadRestored(
  target: ManagerRef,
  { address, autolock, labels }: Restored,
  owner: Owner,
  waiting: Waiting,
): Promise<void> {
  const self = await forceNewCluster(target, { advertiseAddr: address }, autolock, waiting);
  await nameNode(target, self, waiting);
  if (!isOwnedBy(owner, labels)) await takeOver([target], labels, owner, waiting);
  await removeNodes(target, ({ ID }) => ID !== self, waiting);
}

/**
 * The manager of the backup may have had another name than the machine that has its address now. With its old name it would
 * count as the predecessor of whoever has that name now, and hand over its vote.
 */
async function nameNode({ name, connection }: ManagerRef, nodeId: string, waiting: Waiting): Promise<void> {
  const labelled = (spec: NodeSpec) => ({ ...spec, Labels: { ...spec.Labels, [NODE_LABEL]: name } });
  await changeNode(connect(connection, waiting), nodeId, labelled, waiting.signal);
}
