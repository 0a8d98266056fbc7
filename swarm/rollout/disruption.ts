import type { DisruptionBudget } from "../../schema/swarm";
import { waitFor } from "../../foundation/wait";
import { parseDuration } from "../../validation/duration";
import type { DrainPolicy } from "./draining";
import type { Disrupted } from "./disrupted";
import { enoughWorkersUp } from "./disruption-health";
import { type Context, showPending } from "../../foundation/context";
import { slot, type InSession } from "../../foundation/session";

/** A node stayed as it is, because the step of another one failed. */
export class NotTouched extends Error {
  constructor(
    readonly node: string,
    culprit: string,
  ) {
    super(
      `${node} was not touched, because ${culprit} did not come through its change. ` +
        `Put ${culprit} right and run the same command again.`,
    );
    this.name = "NotTouched";
  }
}

const DEFAULT_MAX_UNAVAILABLE = 1;
/** Every turn in front has a deadline of its own; this one only ends a wait that nothing would end. */
const TURN_TIMEOUT_MS = 24 * 3_600_000;

/** What is known by cluster. One session carries out one update, so all its operations meet here. */
const memory = slot(() => ({
  /** Who has a turn. */
  turns: new Map<string, Disrupted[]>(),
  /** The first node whose step failed: the others stay untouched. */
  failed: new Map<string, string>(),
  /** The budget as the program of this update has it. */
  budgets: new Map<string, DisruptionBudget | undefined>(),
}));

/** Notes the budget of a node that stays: one that leaves has only that of its last update in its state. */
export function rememberBudget(
  clusterId: string,
  budget: DisruptionBudget | undefined,
  { session }: InSession,
): void {
  session.get(memory).budgets.set(clusterId, budget);
}

/** The budget that counts for a node that leaves. */
export function presentBudget(
  clusterId: string,
  last: DisruptionBudget | undefined,
  { session }: InSession,
): DisruptionBudget | undefined {
  const { budgets } = session.get(memory);
  return budgets.has(clusterId) ? budgets.get(clusterId) : last;
}

/**
 * Runs a step that takes a node out of service when it is its turn: managers one at a time, workers at most
 * `maxUnavailable` at a time, whatever dependencies their resources have. A worker waits for other workers that are
 * down, and no step begins after one of another node has failed.
 */
export async function inTurn<T>(node: Disrupted, context: Context, step: () => Promise<T>): Promise<T> {
  const { turns } = context.session.get(memory);
  const holders = turns.get(node.clusterId) ?? [];
  turns.set(node.clusterId, holders);
  await waitFor<void>(
    {
      name: "it is its turn to go out of service",
      on: node.name,
      intervalMs: 100,
      timeoutMs: TURN_TIMEOUT_MS,
      signal: context.signal,
      onPending: showPending(context, "waiting"),
    },
    () => Promise.resolve(takeTurn(node, holders, context)),
  );
  try {
    return await stoppingOthers(node, context, async () => {
      await enoughWorkersUp(node, holders, mostOf(node), context);
      // While it waited, the step of another node may have failed.
      refuseAfterFailure(node, context);
      return step();
    });
  } finally {
    holders.splice(holders.indexOf(node), 1);
  }
}

/** Runs a step of a node, a join for one: where it fails, no other node of the cluster goes out of service after it. */
export async function stoppingOthers<T>(
  { clusterId, name }: Pick<Disrupted, "clusterId" | "name">,
  { session }: InSession,
  step: () => Promise<T>,
): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const { failed } = session.get(memory);
    failed.set(clusterId, failed.get(clusterId) ?? name);
    throw error;
  }
}

/** The deadline of a drain as the program has it. */
export function drainPolicy(disruption: DisruptionBudget | undefined): DrainPolicy {
  const { drainTimeout, onDrainTimeout } = disruption ?? {};
  return { timeoutMs: drainTimeout ? parseDuration(drainTimeout) : undefined, onTimeout: onDrainTimeout };
}

function takeTurn(
  node: Disrupted,
  holders: Disrupted[],
  within: InSession,
): { done: undefined } | { pending: string } {
  refuseAfterFailure(node, within);
  const most = mostOf(node);
  const managersBusy = node.role === "manager" && holders.some(({ role }) => role === "manager");
  if (managersBusy || holders.length >= most) {
    return { pending: `${holders.map(({ name }) => name).join(", ")} first` };
  }
  holders.push(node);
  return { done: undefined };
}

function refuseAfterFailure({ clusterId, name }: Disrupted, { session }: InSession): void {
  const culprit = session.get(memory).failed.get(clusterId);
  if (culprit && culprit !== name) throw new NotTouched(name, culprit);
}

function mostOf({ disruption }: Disrupted): number {
  return disruption?.maxUnavailable ?? DEFAULT_MAX_UNAVAILABLE;
}
