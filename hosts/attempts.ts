import { waitFor } from "../foundation/wait";
import { HostError } from "./host-error";
import type { ScriptContext } from "./script";

const ATTEMPTS = 3;
const BETWEEN_ATTEMPTS_MS = 10_000;
/** Far longer than anything takes; what hangs ends with its own deadline. */
const SETUP_TIMEOUT_MS = 3_600_000;

/** Tries a step again where its failure may be gone a little later, such as that of a package mirror. */
export async function withAttempts<T>(
  node: string,
  context: ScriptContext,
  attempt: () => Promise<T>,
): Promise<T> {
  let made = 0;
  return waitFor<T>(
    {
      name: "its setup succeeds",
      on: node,
      intervalMs: BETWEEN_ATTEMPTS_MS,
      timeoutMs: SETUP_TIMEOUT_MS,
      signal: context.signal,
      onPending: (reason) =>
        context.progress(`attempt ${made} of ${ATTEMPTS} failed, trying again: ${reason}`),
    },
    async () => {
      made++;
      try {
        return { done: await attempt() };
      } catch (error) {
        if (!(error instanceof HostError && error.isTemporary)) throw error;
        if (made === ATTEMPTS) throw error.after(made);
        return { pending: error.message };
      }
    },
  );
}
