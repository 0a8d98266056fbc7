import { setTimeout as delay } from "node:timers/promises";
import { trimEnd } from "./trim-end";

/**
 * What one look at the world answered: the awaited value, or why it is not there yet. Where the way there has steps,
 * `reached` is the number, from 0, of the one that was seen.
 */
export type Look<T> = { done: T } | { pending: string; reached?: number };

export interface Condition {
  /** What is awaited, as the rest of a sentence: "the node is Ready". */
  name: string;
  /** The node, container or service that is looked at. */
  on?: string;
  /** Milliseconds between two looks. */
  intervalMs: number;
  /** Milliseconds until the wait gives up. */
  timeoutMs: number;
  /**
   * They count anew from each step that is reached for the first time: a busy machine has time as long as it gets on, and
   * one that goes back and forth does not get on. @default false
   */
  stepwise?: boolean;
  /** Ends the wait early; a cancelled wait rejects with {@link WaitCancelled}. */
  signal?: AbortSignal;
  /** Told the reason of each look that did not succeed. */
  onPending?: (reason: string, elapsedMs: number) => void;
  /** What the reader of a time-out can do. */
  remedy?: string;
}

/** The wait ended at its deadline: says what was awaited, where, for how long, and the last state seen. */
export class WaitTimeout extends Error {
  constructor(
    readonly condition: Condition,
    readonly lastReason: string,
    /** How long it took to reach the last step, in milliseconds; 0 where none was reached. */
    readonly steppedMs = 0,
  ) {
    const seconds = (ms: number) => `${Math.round(ms / 1000)} s`;
    const still = steppedMs > 0 ? `, the last ${seconds(condition.timeoutMs)} without progress,` : "";
    super(
      `${subject(condition)}: waited ${seconds(steppedMs + condition.timeoutMs)}${still} until ${condition.name}; ` +
        `last seen: ${trimEnd(lastReason)}.${condition.remedy ? ` ${condition.remedy}` : ""}`,
    );
    this.name = "WaitTimeout";
  }
}

/** The wait was cancelled (Ctrl-C) before its condition held. */
export class WaitCancelled extends Error {
  constructor(condition: Condition, lastReason: string) {
    super(
      `${subject(condition)}: cancelled while waiting until ${condition.name}; last seen: ${trimEnd(lastReason)}.`,
    );
    this.name = "WaitCancelled";
  }
}

/**
 * Looks until the condition holds. The only place that waits: every poll of this project passes here.
 * An exception thrown by `look` ends the wait: a look that may fail in passing says so with `pending`.
 */
export async function waitFor<T>(condition: Condition, look: () => Promise<Look<T>>): Promise<T> {
  const { intervalMs, timeoutMs, stepwise, signal, onPending } = condition;
  const start = Date.now();
  let reason = "nothing yet";
  let furthest = -1;
  let steppedMs = 0;
  for (;;) {
    if (signal?.aborted) throw new WaitCancelled(condition, reason);
    const seen = await look();
    if ("done" in seen) return seen.done;
    reason = seen.pending;
    const elapsed = Date.now() - start;
    if (stepwise && seen.reached !== undefined && seen.reached > furthest) {
      if (furthest >= 0) steppedMs = elapsed;
      furthest = seen.reached;
    }
    if (elapsed - steppedMs + intervalMs > timeoutMs) throw new WaitTimeout(condition, reason, steppedMs);
    onPending?.(reason, elapsed);
    await pause(intervalMs, signal);
  }
}

async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    // The abort is reported by the caller's next look at the signal, with the condition's name.
    if (!signal?.aborted) throw error;
  }
}

function subject(condition: Condition): string {
  return condition.on ?? "wait";
}
