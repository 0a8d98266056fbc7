import { nameOfConnection } from "../../schema/connection";
import type { SwarmNodeInputs, SwarmNodeOutputs } from "../../schema/swarm";
import { connect } from "../../docker/connect";
import { forceLeaveIf } from "./force-leave";
import { isUnheard } from "../nodes/heard-nodes";
import { isSwarmGone, onManager } from "../managers";
import { removed } from "../nodes/standing";
import { allServices } from "../../docker/services";
import { inspectNode, listNodes } from "../../docker/nodes";
import type { SwarmNodeInspect } from "../../docker/api/node";
import { waitFor, WaitTimeout } from "../../foundation/wait";
import { TransportError } from "../../transport/transport";
import type { Disrupted } from "../rollout/disrupted";
import { presentBudget } from "../rollout/disruption";
import { type Context, showPending } from "../../foundation/context";
import { whoTookOver } from "../own-swarm";
import { noteDisksOfMember } from "../volumes/kept-disks";
import { tellVolumes } from "../volumes/last-look";
import { hasAnotherMachine, isLost, noteMachine, removeLost } from "./lost";
import { retire } from "./retire";
import { isWanted } from "../wanted-clusters";

type State = SwarmNodeInputs & SwarmNodeOutputs;
type Leaving = Omit<Disrupted, "role"> & Pick<State, "owner">;

/** Three heartbeats of 5 s, six where the leader is a new one, and some for an election. */
const DOWN_TIMEOUT_MS = 60_000;

/**
 * Takes a node out of its swarm without costing quorum or tasks: drain and wait until its tasks run elsewhere, demote and
 * wait until it is out of raft, leave, remove it by ID. Each step is skipped where it was done before, and a node of a
 * swarm that another program has taken over stays.
 */
export async function leaveSafely(state: State, context: Context): Promise<void> {
  if (hasAnotherMachine(state, context)) return;
  noteMachine(state, context);
  noteDisksOfMember(state, context);
  // The node itself is asked only where there is nobody else: on its way out it is a poor witness of its own removal.
  const self = nameOfConnection(state.connection);
  const others = state.managers.filter(({ connection }) => nameOfConnection(connection) !== self);
  const leaving: Leaving = {
    ...state,
    disruption: presentBudget(state.clusterId, state.disruption, context),
    managers: others.length > 0 ? others : state.managers,
  };
  const theirs = await whoTookOver(leaving, context);
  if (theirs) return context.warn(`it stays a member: the swarm belongs to ${theirs}.`);
  const silence = state.ephemeral ? undefined : await silenceOf(state, context);
  if (silence) await refuseIfUp(leaving, silence, context);
  else if (!state.ephemeral && !isWanted(state.clusterId, context))
    await tellVolumes(state.connection, "stay on its machine", context);
  const node = await lookUp(leaving, context);
  if (node) {
    if (!silence && (await mayGoLast(node, leaving, context))) return leave(state, context);
    await retire(node, leaving, context);
  }
  const isDead = node !== undefined && (await isLost(leaving, context));
  if (silence) {
    context.warn(
      `it could not be told to leave (${silence.message}) It is taken out of the list, as the swarm hears nothing of it ` +
        "either. If that machine ever comes back: docker swarm leave --force",
    );
  } else {
    context.progress("leaving");
    await leave(state, context);
  }
  if (node) await (isDead ? removeLost : removed)(leaving, context);
}

/**
 * The only node, and no service runs, so that nobody loses anything when the swarm ends with it; or the program wants
 * the whole cluster gone.
 */
async function mayGoLast(node: SwarmNodeInspect, leaving: Leaving, context: Context): Promise<boolean> {
  if (!node.ManagerStatus) return false;
  return onManager(leaving.managers, context, async (engine) => {
    const nodes = await listNodes(engine, context.signal);
    if (nodes.length > 1) return false;
    return !isWanted(leaving.clusterId, context) || (await allServices(engine, context.signal)).length === 0;
  });
}

/** Nothing where the node is no member any more, or the whole swarm is gone with its machines. */
async function lookUp({ managers, nodeId }: Leaving, context: Context) {
  try {
    return await onManager(managers, context, (engine) => inspectNode(engine, nodeId, context.signal));
  } catch (error) {
    if (isSwarmGone(error)) return undefined;
    throw error;
  }
}

/** A machine that came in the place of a lost one may have its name, and is another member: it stays. */
async function leave(state: State, context: Context): Promise<void> {
  try {
    await forceLeaveIf(({ NodeID }) => !NodeID || NodeID === state.nodeId, state.connection, context);
  } catch (error) {
    // A machine that dies with the cluster takes its membership along.
    if (error instanceof TransportError && (error.failure === "gone" || state.ephemeral)) return;
    throw error;
  }
}

/** Why a machine cannot be told anything; nothing where it can. */
async function silenceOf({ connection }: State, context: Context): Promise<TransportError | undefined> {
  try {
    await connect(connection, context).swarmState(context.signal);
    return undefined;
  } catch (error) {
    if (error instanceof TransportError) return error;
    throw error;
  }
}

/**
 * A machine that is out of reach from here alone would go on as a member that nobody knows. The swarm needs some
 * seconds to see that one has died.
 */
async function refuseIfUp(leaving: Leaving, cause: TransportError, context: Context): Promise<void> {
  try {
    await waitFor<void>(
      {
        name: "the swarm sees it as down",
        on: leaving.name,
        intervalMs: 500,
        timeoutMs: DOWN_TIMEOUT_MS,
        signal: context.signal,
        onPending: showPending(context, "it does not answer"),
      },
      async () => {
        const node = await lookUp(leaving, context);
        const mayBeUp = node !== undefined && (node.Status.State === "ready" || isUnheard(node));
        return mayBeUp ? { pending: node.Status.State } : { done: undefined };
      },
    );
  } catch (error) {
    throw error instanceof WaitTimeout ? cause : error;
  }
}
