import type { Connection } from "../../schema/connection";
import { showPending, type Waiting } from "../../foundation/context";
import { connect } from "../../docker/connect";
import { onManager } from "../managers";
import type { Member } from "../nodes/standing";
import { votersElectable } from "../nodes/new-voters";
import { certifiedMembership } from "../nodes/node-certificate";
import { changeNode, inspectNode, isReconciledAs } from "../../docker/nodes";
import { waitFor, type Look } from "../../foundation/wait";

/** Swarmkit reconciles roles every 5 s. */
const DEMOTE_TIMEOUT_MS = 60_000;
/** Three heartbeats of 5 s and their spread: a node that has been silent for as long is Down (dispatcher/nodes.go). */
const SILENT_UNTIL_DOWN_MS = 17_000;

/** Demotes a manager and waits until it is out of raft: leaving earlier would cost a vote. */
export async function demoted(member: Member, waiting: Waiting): Promise<void> {
  const { nodeId, managers, name } = member;
  const look = () => onManager(managers, waiting, (engine) => inspectNode(engine, nodeId, waiting.signal));
  if ((await look())?.ManagerStatus?.Leader) await votersElectable(name, waiting);
  await onManager(managers, waiting, (engine) =>
    changeNode(engine, nodeId, (spec) => ({ ...spec, Role: "worker" }), waiting.signal),
  );
  await waitFor(
    {
      name: "it is out of raft",
      on: name,
      intervalMs: 250,
      timeoutMs: DEMOTE_TIMEOUT_MS,
      signal: waiting.signal,
      onPending: showPending(waiting, "demoting"),
      remedy: "It was not removed, so quorum is unchanged. Run the same command again.",
    },
    async () => {
      const node = await look();
      return node?.ManagerStatus
        ? { pending: `manager is ${node.ManagerStatus.Reachability}` }
        : { done: undefined };
    },
  );
}

/**
 * A node that was demoted and stays is heard as a worker. Its agent talks through its own manager, which takes up to 5 s to
 * stop, and the agent goes on asking there, ever less often (manager.go, Stop; broker.go, Select): it may be silent for
 * more than 15 s, and is Down then. Until that the swarm shows it Ready, by what it heard before.
 */
export async function heardAsWorker(
  member: Member & { connection: Connection },
  waiting: Waiting,
): Promise<void> {
  const { name, nodeId, managers, connection } = member;
  const engine = connect(connection, waiting);
  /** The swarm's word of it as its manager's end, or a worker's certificate, was first seen. */
  let before: { version?: number; certified: boolean } | undefined;
  let stoppedAt: number | undefined;
  const look = async (): Promise<Look<void>> => {
    // In this order: a new role is no reason for a change of the word that was read before it.
    const [node, hasRole] = await onManager(
      managers,
      waiting,
      async (manager) =>
        [
          await inspectNode(manager, nodeId, waiting.signal),
          await isReconciledAs("worker", manager, nodeId, waiting.signal),
        ] as const,
    );
    const certified = hasRole && (await certifiedMembership(connection, waiting))?.role === "worker";
    const state = await engine.swarmState(waiting.signal).catch((error: Error) => error.message);
    // Whoever waits until it is Ready unlocks it.
    if (state === "locked") return { done: undefined };
    const version = node?.Version.Index;
    if (state === "active/worker" || certified) before ??= { version, certified };
    if (state !== "active/worker" || !before) return { pending: `its own engine says: ${state}` };
    stoppedAt ??= Date.now();
    if (node?.Status.State !== "ready") return { pending: `it is ${node?.Status.State ?? "not listed"}` };
    // Each report to a manager is a change of the swarm's word; so are a new role and its certificate, which only a node that
    // is in touch asks for.
    const reported = version !== before.version;
    const heard = hasRole ? certified && (!before.certified || reported) : reported;
    if (heard || Date.now() - stoppedAt > SILENT_UNTIL_DOWN_MS) return { done: undefined };
    return { pending: "the managers have not heard of it since" };
  };
  await waitFor<void>(
    {
      name: "the managers hear of it as a worker",
      on: name,
      // Its report and its new role are told apart where they are seen one after the other.
      intervalMs: 100,
      timeoutMs: DEMOTE_TIMEOUT_MS,
      signal: waiting.signal,
      onPending: showPending(waiting, "demoting"),
      remedy: "It is out of raft, and may be Down for some seconds. Run the same command again.",
    },
    look,
  );
}
