import type { SshHostKeyInputs } from "../../schema/ssh";
import { waitFor } from "../../foundation/wait";
import { TransportError } from "../../transport/transport";
import { parseDuration } from "../../validation/duration";
import { type Context, showPending } from "../../foundation/context";

/** Each attempt is one for seconds already. */
const BETWEEN_ATTEMPTS_MS = 250;

/**
 * Asks a machine that may boot yet until it answers, or until its time is over: whoever made it may be content with its being
 * switched on. What answers and lets nobody in is told at once.
 */
export function onceBooted<T>(
  { host, bootTimeout = "" }: Pick<SshHostKeyInputs, "host" | "bootTimeout">,
  context: Context,
  ask: () => Promise<T>,
): Promise<T> {
  const timeoutMs = parseDuration(bootTimeout);
  if (timeoutMs === undefined) return ask();
  const condition = {
    name: "it answers over SSH",
    on: host,
    intervalMs: BETWEEN_ATTEMPTS_MS,
    timeoutMs,
    signal: context.signal,
    onPending: showPending(context, "booting"),
  };
  return waitFor<T>(condition, async () => {
    try {
      return { done: await ask() };
    } catch (error) {
      if (!(error instanceof TransportError && error.failure === "unreachable")) throw error;
      return { pending: error.message };
    }
  });
}
