import { WaitTimeout, waitFor } from "../foundation/wait";
import { explainConnect, type SshTarget } from "./ssh-errors";
import type { TransportError } from "./transport";

export interface AttemptLimits {
  /** Milliseconds until an attempt must have succeeded, all together. */
  connectMs: number;
  /** Milliseconds that one attempt may take. */
  attemptMs: number;
}

const RETRY_TICK_MS = 250;
const LONGEST_RETRY_TICKS = 12;

/**
 * Attempts to connect until one succeeds, with growing pauses, as long as what fails may pass.
 * Rejects with {@link TransportError}: the last reason, or at once with one that is final.
 */
export async function untilConnected<T>(
  target: SshTarget,
  { connectMs, attemptMs }: AttemptLimits,
  signal: AbortSignal | undefined,
  attempt: (timeoutMs: number) => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + connectMs;
  const due = backOff();
  let last: { error: Error; means: TransportError } | undefined;
  const condition = {
    name: "its SSH server lets us in",
    on: target.node,
    intervalMs: RETRY_TICK_MS,
    timeoutMs: connectMs,
    signal,
  };
  try {
    return await waitFor<T>(condition, async () => {
      if (!due() && last) return { pending: last.means.message };
      try {
        return { done: await attempt(Math.max(1, Math.min(attemptMs, deadline - Date.now()))) };
      } catch (error) {
        const { error: means, passing } = explainConnect(target, error as Error);
        if (!passing) throw means;
        last = { error: error as Error, means };
        return { pending: means.message };
      }
    });
  } catch (error) {
    if (!(error instanceof WaitTimeout) || !last) throw error;
    throw explainConnect(target, last.error, connectMs).error;
  }
}

/** Says at which ticks of a wait the next attempt is due: at once, then after 1, 2, 4, 8, 12, 12… ticks. */
export function backOff(): () => boolean {
  let left = 0;
  let pause = 1;
  return () => {
    if (left-- > 0) return false;
    left = pause - 1;
    pause = Math.min(pause * 2, LONGEST_RETRY_TICKS);
    return true;
  };
}
