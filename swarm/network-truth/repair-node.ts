import type { ManagerRef } from "../../schema/connection";
import type { Waiting } from "../../foundation/context";
import { drained } from "../rollout/draining";
import { globalServicesRunOn } from "../rollout/global-services";
import { onManager } from "../managers";
import { changeNode, inspectNode } from "../../docker/nodes";
import type { NetworkLook } from "./look";

/**
 * Makes a node leave its networks and join them anew: its tasks go to other nodes, as in any drain; with the last one its
 * engine forgets the network, and learns of it again with the next one.
 */
export async function rejoinNetworks(
  node: string,
  { records }: NetworkLook,
  managers: readonly ManagerRef[],
  waiting: Waiting,
): Promise<void> {
  const nodeId = records.nodes.find(({ name }) => name === node)?.id;
  if (nodeId === undefined) return;
  const { signal } = waiting;
  const before = await onManager(managers, waiting, (engine) => inspectNode(engine, nodeId, signal));
  if (before?.Spec.Availability !== "active" || records.nodes.length < 2) {
    throw new Error(
      `${node}: its tasks have to leave it once, and cannot: it is ${before?.Spec.Availability ?? "gone"}, one of ` +
        `${records.nodes.length} nodes. Replace its machine, or restart its Docker Engine.`,
    );
  }
  try {
    await drained(
      { name: node, nodeId, managers },
      {},
      { ...waiting, warn: (text) => waiting.progress(text) },
    );
  } finally {
    await onManager(managers, waiting, (engine) =>
      changeNode(engine, nodeId, (spec) => ({ ...spec, Availability: "active" }), signal),
    );
  }
  // Global services have tasks there again: whoever looks before they run finds them short, by the repair itself. What does
  // not run by then is told by that look.
  await globalServicesRunOn([nodeId], managers, waiting);
}
