import type { ManagerRef } from "../../schema/connection";
import { showPending, type Waiting } from "../../foundation/context";
import { heardNodes } from "../nodes/heard-nodes";
import { onManager } from "../managers";
import { nodeName } from "../nodes/node-name";
import { inspectSwarm } from "../../docker/swarm";
import { listNodes } from "../../docker/nodes";
import type { SwarmNodeInspect } from "../../docker/api/node";
import type { SwarmInspect } from "../../docker/api/swarm";
import { waitFor } from "../../foundation/wait";

/** Every node renews its certificate at its next contact with a manager, a few seconds later. */
const ROTATION_TIMEOUT_MS = 300_000;

/**
 * A rotation of the root CA waits for every node to get a certificate of the new root, so one that is down would keep
 * it from ever ending. Refused before anything is changed.
 */
export async function refuseRotationWithNodesDown(
  managers: readonly ManagerRef[],
  waiting: Waiting,
): Promise<void> {
  const nodes = await heardNodes(managers, waiting);
  const swarm = await onManager(managers, waiting, (engine) => inspectSwarm(engine, waiting.signal));
  const down = nodes.filter(({ Status }) => Status.State !== "ready");
  if (down.length === 0) return;
  const names = down.map((node) => `${nodeName(node)} is ${node.Status.State}`).join(", ");
  // One that an earlier update began goes on by itself.
  const state = swarm.RootRotationInProgress
    ? "The rotation of the root CA has begun and cannot end"
    : "The root CA was not rotated";
  throw new Error(
    `${state}: ${names}, and a rotation ends only when every node has a new certificate. ` +
      "Bring them back (`pulumi up --refresh`) or remove them (docker node rm), then run the same command again.",
  );
}

/** Waits until every node has a certificate of the new root CA; tells which do not have one yet. Default 5 minutes. */
export function rootRotated(managers: readonly ManagerRef[], waiting: Waiting): Promise<SwarmInspect> {
  return waitFor<SwarmInspect>(
    {
      name: "every node has a certificate of the new root CA",
      on: "the swarm",
      intervalMs: 500,
      timeoutMs: waiting.timeoutMs ?? ROTATION_TIMEOUT_MS,
      signal: waiting.signal,
      onPending: showPending(waiting, "rotating the root CA"),
      remedy:
        "The rotation goes on by itself once these nodes are in reach of a manager. Bring them back or remove them, and run the same command again.",
    },
    () =>
      onManager(managers, waiting, async (engine) => {
        const [swarm, nodes] = await Promise.all([
          inspectSwarm(engine, waiting.signal),
          listNodes(engine, waiting.signal),
        ]);
        if (!swarm.RootRotationInProgress) return { done: swarm };
        const late = nodes.filter((node) => !hasNewCertificate(node, swarm));
        const names = late.map((node) => `${nodeName(node)} (${node.Status.State})`);
        return { pending: names.length > 0 ? `waiting for ${names.join(", ")}` : "waiting for the managers" };
      }),
  );
}

/** What the docker CLI compares for `docker swarm ca --rotate`. */
function hasNewCertificate({ Description }: SwarmNodeInspect, { TLSInfo }: SwarmInspect): boolean {
  return Description.TLSInfo?.CertIssuerPublicKey === TLSInfo.CertIssuerPublicKey;
}
