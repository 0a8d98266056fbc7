import type { Connection } from "../../schema/connection";
import type { SwarmNodeInputs, SwarmNodeOutputs } from "../../schema/swarm";
import { runningBefore, tasksWithoutPlace } from "../rollout/draining";
import { connect } from "../../docker/connect";
import { onManager } from "../managers";
import { removed, type Member } from "../nodes/standing";
import { inspectNode } from "../../docker/nodes";
import { waitFor, WaitTimeout } from "../../foundation/wait";
import { type Context, showPending } from "../../foundation/context";
import { slot, type InSession } from "../../foundation/session";

/** The machine of a member, as its membership was told of it. */
interface MachineOfMember {
  connection: Connection;
  machine: string;
}

/** Machines by the node IDs of their members. */
const memory = slot(() => new Map<string, MachineOfMember>());

/** The swarm gives out tasks anew within a second; they have to start. */
const ELSEWHERE_TIMEOUT_MS = 60_000;

const LOOK_MS = 1_000;
/** What is watched has a deadline of its own. */
const LONGEST_MS = 24 * 3_600_000;

/** Notes which machine a member is: whoever comes in its place knows its node ID only. */
export function noteMachine(
  { nodeId, connection, machine }: SwarmNodeInputs & SwarmNodeOutputs,
  { session }: InSession,
): void {
  session.get(memory).set(nodeId, { connection, machine });
}

/**
 * Whether the same member is another machine by now: a container that was made anew around the volume of one that was
 * removed, for one. It works for the swarm, and is no business of whom it was before.
 */
export function hasAnotherMachine(
  { nodeId, machine }: SwarmNodeInputs & SwarmNodeOutputs,
  { session }: InSession,
): boolean {
  const now = session.get(memory).get(nodeId);
  return now !== undefined && now.machine !== machine;
}

/**
 * Whether a member will do nothing for the swarm any more: its container is no more, or the swarm calls it Down, or does not
 * list it. The swarm needs some heartbeats to see that; a host over SSH that is silent may be up until then. Nothing but Down counts: one
 * that a new leader has not heard from yet is at work (swarm/nodes/heard-nodes.ts).
 */
export async function isLost({ nodeId, managers }: Member, context: Context): Promise<boolean> {
  if (await isGone(context.session.get(memory).get(nodeId), context)) return true;
  const node = await onManager(managers, context, (engine) => inspectNode(engine, nodeId, context.signal));
  return node === undefined || node.Status.State === "down";
}

/** Runs a step that waits for a member to give something away, and ends it when the member is lost meanwhile. */
export async function unlessLost(
  member: Member,
  context: Context,
  step: (context: Context) => Promise<void>,
): Promise<void> {
  const [over, lost] = [new AbortController(), new AbortController()];
  const watch = waitFor<void>(
    {
      name: "it is lost",
      on: member.name,
      intervalMs: LOOK_MS,
      timeoutMs: LONGEST_MS,
      signal: AbortSignal.any([context.signal, over.signal]),
    },
    async () => {
      // A look that failed says nothing of the member; the step tells its own failure.
      const isOver = await isLost(member, context).catch(() => false);
      return isOver ? { done: undefined } : { pending: "it is there" };
    },
  ).then(
    () => lost.abort(),
    () => undefined,
  );
  try {
    await step({ ...context, signal: AbortSignal.any([context.signal, lost.signal]) });
  } catch (error) {
    if (!lost.signal.aborted || context.signal.aborted) throw error;
  } finally {
    over.abort();
    await watch;
  }
}

/**
 * Takes a lost member out of the list, which gives its tasks another place, and waits until they run there. A service that
 * finds none is told of: there is nothing left to hold back for it.
 */
export async function removeLost(member: Member, context: Context): Promise<void> {
  const before = await runningBefore(member, context);
  await removed(member, context);
  try {
    await waitFor<void>(
      {
        name: "what ran there runs elsewhere",
        on: member.name,
        intervalMs: 500,
        timeoutMs: ELSEWHERE_TIMEOUT_MS,
        signal: context.signal,
        onPending: showPending(context, "waiting"),
      },
      async () => {
        const lacking = await tasksWithoutPlace(member, before, context);
        return lacking ? { pending: lacking } : { done: undefined };
      },
    );
  } catch (error) {
    if (!(error instanceof WaitTimeout)) throw error;
    context.warn(error.message);
  }
}

/** How the machine of a member is reached, where this run has come across it. */
export function connectionOfMember(nodeId: string, { session }: InSession): Connection | undefined {
  return session.get(memory).get(nodeId)?.connection;
}

/** Whether whoever runs a machine says that it is no more. */
async function isGone(member: MachineOfMember | undefined, within: InSession): Promise<boolean> {
  if (!member) return false;
  return (await connect(member.connection, within).transport.isGone?.(member.machine)) ?? false;
}
