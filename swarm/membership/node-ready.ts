import type { Connection, ManagerRef } from "../../schema/connection";
import type { Role } from "../../schema/swarm";
import { showPending, type Waiting } from "../../foundation/context";
import { connect } from "../../docker/connect";
import { JOIN_INTERVAL_MS, JOIN_TIMEOUT_MS, type Member } from "../nodes/standing";
import { recentNodes } from "../nodes/node-list";
import { onManager } from "../managers";
import { noteVoter } from "../nodes/new-voters";
import { info, inspectNode } from "../../docker/nodes";
import type { SwarmNodeInspect } from "../../docker/api/node";
import { unlockKey } from "../../docker/swarm";
import { memberUnlocked } from "../engines/unlock-member";
import { gossipAgain } from "../engines/unlocked-gossip";
import { waitFor, WaitTimeout, type Condition } from "../../foundation/wait";

/** How often a member that is late is asked whether it is locked: a question costs as much as a list. */
const LOCK_LOOK_MS = 2_000;

export interface ReadyLimits {
  /** Milliseconds for each step of the way there; the time that the user gave is for the whole of it. @default 180000 */
  stepMs?: number;
  /** Milliseconds after which a manager that is Ready and not in raft is {@link NotInRaft}. @default none */
  outOfRaftMs?: number;
}

/** A manager by its role that has been Ready for long, and is no member of the managers' raft group. */
export class NotInRaft extends Error {
  constructor(
    name: string,
    readonly node: SwarmNodeInspect,
    seconds: number,
    ownWord: string,
  ) {
    super(
      `${name}: it has been Ready for ${seconds} s, and the managers do not count it as one of them; ${ownWord}.`,
    );
    this.name = "NotInRaft";
  }
}

/** The managers see the node as Ready, and a manager as Reachable in raft. Answers the node as they see it. */
export async function nodeReady(
  member: Member,
  role: Role,
  waiting: Waiting,
  limits: ReadyLimits = {},
): Promise<SwarmNodeInspect> {
  const { wasLocked, ...seen } = await seenReady(member, role, waiting, limits);
  if (!wasLocked || !member.connection) return seen.node;
  const { name, connection, managers } = member;
  const again = async () => Object.assign(seen, await seenReady(member, role, waiting, limits));
  await gossipAgain({ name, connection }, managers, again, waiting);
  return seen.node;
}

async function seenReady(
  member: Member,
  role: Role,
  waiting: Waiting,
  { stepMs = JOIN_TIMEOUT_MS, outOfRaftMs = Infinity }: ReadyLimits,
): Promise<{ node: SwarmNodeInspect; wasLocked: boolean }> {
  const condition: Condition = {
    name: role === "manager" ? "it is Ready and Reachable" : "it is Ready",
    on: member.name,
    intervalMs: JOIN_INTERVAL_MS,
    timeoutMs: waiting.timeoutMs ?? stepMs,
    stepwise: waiting.timeoutMs === undefined,
    signal: waiting.signal,
    onPending: showPending(waiting, "joining"),
    remedy: "Run the same command again; look at the engine's log on that machine if it stays so.",
  };
  let outSince: number | undefined;
  // An engine answers a worker's join when its node is Ready, so the first look is mostly the last one: at that node alone, as
  // all of them cost the managers fifty times as much in a cluster of fifty. Whoever waits on shares a list with the others.
  let isFirst = role === "worker";
  let askedForLock = Date.now();
  let wasLocked = false;
  const unlockedWhereLocked = async () => {
    if (!member.connection || Date.now() - askedForLock < LOCK_LOOK_MS) return;
    askedForLock = Date.now();
    const manager = { name: member.name, connection: member.connection };
    wasLocked = (await unlockMember(manager, member.managers, waiting)) || wasLocked;
  };
  try {
    const seen = await waitFor<SwarmNodeInspect>(condition, async () => {
      const node = isFirst
        ? await onManager(member.managers, waiting, (engine) =>
            inspectNode(engine, member.nodeId, waiting.signal),
          )
        : (await recentNodes(member.managers, waiting)).find(({ ID }) => ID === member.nodeId);
      isFirst = false;
      if (node?.Status.State !== "ready" || (role === "manager" && !node.ManagerStatus))
        await unlockedWhereLocked();
      if (!node) return { pending: "the managers do not list it yet", reached: 0 };
      if (node.Status.State !== "ready") {
        outSince = undefined;
        return { pending: `${node.Status.State} ${node.Status.Message ?? ""}`.trim(), reached: 1 };
      }
      const reachability = node.ManagerStatus?.Reachability;
      if (reachability) noteVoter(member.nodeId, waiting);
      if (role === "worker" || reachability === "reachable") return { done: node };
      if (reachability) return { pending: `manager is ${reachability}`, reached: 3 };
      outSince ??= Date.now();
      const outMs = Date.now() - outSince;
      if (outMs >= outOfRaftMs)
        throw new NotInRaft(member.name, node, Math.round(outMs / 1000), await ownWord(member, waiting));
      return { pending: "manager is not in raft yet", reached: 2 };
    });
    return { node: seen, wasLocked };
  } catch (error) {
    if (!(error instanceof WaitTimeout) || !member.connection) throw error;
    const bothSides = `${error.lastReason}; ${await ownWord(member, waiting)}`;
    throw new WaitTimeout(condition, bothSides, error.steppedMs);
  }
}

/**
 * A manager that autolock has locked while it is waited for: its container was started in this run, or its swarm node began
 * anew in its engine (a join to raft that failed is enough) and does so without the key. Seen on Engine 26.1, with a manager
 * that was demoted by hand and promoted again. One that could not be unlocked is tried again with the next look.
 *
 * @returns whether it was locked.
 */
async function unlockMember(
  { name, connection }: ManagerRef,
  managers: readonly ManagerRef[],
  waiting: Waiting,
): Promise<boolean> {
  // One that does not answer is told of by the wait.
  const state = await connect(connection, waiting)
    .swarmState(waiting.signal)
    .catch(() => "");
  if (state !== "locked") return false;
  waiting.progress("unlocking it");
  try {
    const key = await onManager(managers, waiting, (manager) => unlockKey(manager, waiting.signal));
    await memberUnlocked({ name, connection }, [key].filter(Boolean), waiting);
  } catch (error) {
    if (waiting.signal.aborted) throw error;
    waiting.progress(`it is locked, and was not unlocked: ${(error as Error).message}`);
  }
  return true;
}

/** What a member says of itself, for those who wonder what the managers say of it. */
async function ownWord({ connection }: { connection?: Connection }, waiting: Waiting): Promise<string> {
  if (!connection) return "its own engine was not asked";
  try {
    const { Swarm } = await info(connect(connection, waiting), waiting.signal);
    const manager = Swarm.ControlAvailable ? "a manager" : "no manager";
    return `its own engine says: ${[Swarm.LocalNodeState, manager, Swarm.Error].filter(Boolean).join(", ")}`;
  } catch (error) {
    return `its own engine does not say anything: ${(error as Error).message}`;
  }
}
