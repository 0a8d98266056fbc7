import type { SwarmNodeInputs, SwarmNodeOutputs } from "../contract/swarm";
import { connect } from "../engine/connect";
import { isEngineError } from "../engine/errors";
import { isSwarmGone, onManager } from "../engine/managers";
import { demoted, drained, removed, type Member } from "../engine/membership";
import { refuseLossOfQuorum } from "../engine/quorum";
import { inspectNode, listNodes } from "../engine/swarm-nodes";
import { TransportError } from "../transport/transport";
import type { Context } from "./handler";

type State = SwarmNodeInputs & SwarmNodeOutputs;

/**
 * Takes a node out of its swarm without costing quorum or tasks: demote and wait until it is out of raft, drain and
 * wait until its tasks run elsewhere, leave, remove it by ID. Each step is skipped where it was done before.
 */
export async function leaveSafely(state: State, context: Context): Promise<void> {
  // The node itself is asked last: a manager on its way out is a poor witness of its own removal.
  const others = state.managers.filter(({ name }) => name !== state.name);
  const member: Member = { ...state, managers: others.length > 0 ? others : state.managers };
  const node = await lookUp(member, context);
  if (node) {
    if (node.ManagerStatus) {
      const nodes = await onManager(member.managers, context, (engine) => listNodes(engine, context.signal));
      if (nodes.length === 1 && (await isIdle(member, context))) return leave(state, context);
      refuseLossOfQuorum(nodes, node);
      context.progress("demoting");
      await demoted(member, context);
    }
    if (node.Status.State === "ready") {
      context.progress("draining");
      await drained(member, context);
    }
  }
  context.progress("leaving");
  await leave(state, context);
  if (node) await removed(member, context);
}

/** No service runs: with its last node the swarm ends, and nobody loses anything by it. */
async function isIdle(member: Member, context: Context): Promise<boolean> {
  const services = await onManager(member.managers, context, (engine) =>
    engine.get<unknown[]>("list services", "/services", { signal: context.signal }),
  );
  return services.length === 0;
}

/** Nothing where the node is no member any more, or the whole swarm is gone with its machines. */
async function lookUp(member: Member, context: Context) {
  try {
    return await onManager(member.managers, context, (engine) =>
      inspectNode(engine, member.nodeId, context.signal),
    );
  } catch (error) {
    if (isSwarmGone(error)) return undefined;
    throw error;
  }
}

async function leave(state: State, context: Context): Promise<void> {
  try {
    await connect(state.connection).post("leave the swarm", "/swarm/leave", {
      query: { force: true },
      signal: context.signal,
    });
  } catch (error) {
    if (isEngineError(error, "not-in-swarm")) return;
    // A machine that dies with the cluster takes its membership along.
    if (error instanceof TransportError && (error.failure === "gone" || state.ephemeral)) return;
    throw error;
  }
}
