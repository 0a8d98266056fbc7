import type { SwarmNodeInputs } from "../../schema/swarm";
import { connect } from "../../docker/connect";
import { isEngineError } from "../../docker/errors";
import { forceLeave } from "./force-leave";
import { withoutFormerGossip } from "../engines/former-gossip";
import { leaderAddress } from "../nodes/leader";
import { onManager } from "../managers";
import { memberOfSwarm } from "../nodes/standing";
import { info } from "../../docker/nodes";
import { inspectSwarm, joinSwarm } from "../../docker/swarm";
import type { LocalNodeState } from "../../docker/api/info";
import type { Context } from "../../foundation/context";
import { joinedForOthers, othersJoined } from "./early";
import { isMember, leaveFormerSwarm, leaveLockedSwarm } from "./former-member";

const DEFAULT_LISTEN = "0.0.0.0:2377";
/** The engine itself answers after 20 s at the latest. */
const JOIN_CALL_TIMEOUT_MS = 60_000;

/**
 * Makes the machine a member and returns its node ID. A machine that is a member already stays one, so an
 * interrupted run is finished by the next.
 */
export async function joined(inputs: SwarmNodeInputs, context: Context): Promise<string> {
  const engine = connect(inputs.connection, context);
  let state: LocalNodeState = "inactive";
  // The cheap question first: a new machine, and most are, needs no other.
  if ((await engine.swarmState(context.signal)) !== "inactive") {
    const { Swarm } = await info(engine, context.signal);
    state = Swarm.LocalNodeState;
    // Pending is also who waits for good for the other managers of a swarm that went on without it (a recovery).
    const hasId = state === "active" || (state === "pending" && Swarm.NodeID !== "");
    if (hasId && !(await isMember(inputs, Swarm.NodeID, context))) {
      await leaveFormerSwarm(inputs, Swarm.NodeID, state === "pending", context);
      state = "inactive";
    }
    if (state === "active") return Swarm.NodeID;
    if (state === "locked") {
      await leaveLockedSwarm(inputs, context);
      state = "inactive";
    }
  }
  // A join that is under way goes on: asking again would be refused.
  if (state !== "pending") {
    await free(state, inputs, context);
    const joining = join(inputs, context);
    const mayBeEarly = inputs.role === "manager" && !inputs.afterJoin;
    const early = mayBeEarly && (await joinedForOthers(inputs, joining, context));
    if (early) return early;
    await Promise.all([joining, othersJoined(inputs, context)]);
  }
  return memberOfSwarm(
    inputs.name,
    inputs.connection,
    async (failed) => {
      await free(failed, inputs, context);
      await join(inputs, context);
    },
    context,
  );
}

/** Nothing of a former swarm is in the way of a join. */
async function free(state: LocalNodeState, inputs: SwarmNodeInputs, context: Context): Promise<void> {
  // A join that failed for good leaves this state behind; the engine joins again only after a leave.
  if (state === "error") await forceLeave(inputs.connection, context);
  await withoutFormerGossip(inputs, context);
}

async function join(inputs: SwarmNodeInputs, context: Context): Promise<void> {
  context.progress(`joining as ${inputs.role}`);
  try {
    await post(inputs, inputs.joinToken, context);
  } catch (error) {
    if (!isEngineError(error, "bad-token")) throw error;
    // The token was rotated between the read and the join: the swarm's own word counts, once.
    const tokens = await onManager(inputs.managers, context, (manager) =>
      inspectSwarm(manager, context.signal),
    );
    const fresh = inputs.role === "manager" ? tokens.JoinTokens.Manager : tokens.JoinTokens.Worker;
    await post(inputs, fresh, context);
  }
}

/**
 * The engine's 20 s time-out is no failure: the join goes on, and the caller waits for its result. Nor is a manager
 * that could not be reached just now: the caller sees that the join ended and begins another one, up to its deadline.
 */
async function post(inputs: SwarmNodeInputs, token: string, context: Context): Promise<void> {
  try {
    const wanted = {
      ListenAddr: inputs.listenAddr ?? DEFAULT_LISTEN,
      AdvertiseAddr: inputs.advertiseAddr,
      DataPathAddr: inputs.dataPathAddr,
      // The engine tries only the first address that it is given, so it gets one of a manager that is up now.
      RemoteAddrs: [await leaderAddress(inputs.name, inputs.managers, context)],
      JoinToken: token,
      // No task comes before the labels are set.
      Availability: "drain",
    };
    const { signal } = context;
    await joinSwarm(connect(inputs.connection, context), wanted, { signal, timeoutMs: JOIN_CALL_TIMEOUT_MS });
  } catch (error) {
    if (!isEngineError(error, "join-timeout", "peer-unreachable")) throw error;
  }
}
