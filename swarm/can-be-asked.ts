import { EngineError } from "../docker/errors";
import { NoManager } from "./managers";
import { WaitTimeout } from "../foundation/wait";
import { TransportError } from "../transport/transport";
import type { Context } from "../foundation/context";

/** A preview is looked at by somebody who waits. */
const LOOK_MS = 20_000;

/** A look that a preview takes. A machine or a swarm that gives no answer, or none in time, tells nothing; the update will. */
export async function ifItCanBeAsked<T>(
  context: Context,
  look: (context: Context) => Promise<T> | undefined,
): Promise<T | undefined> {
  const late = AbortSignal.timeout(LOOK_MS);
  try {
    return await look({ ...context, signal: AbortSignal.any([context.signal, late]) });
  } catch (error) {
    if (context.signal.aborted) throw error;
    if (late.aborted || SAY_NOTHING.some((type) => error instanceof type)) return undefined;
    throw error;
  }
}

const SAY_NOTHING = [EngineError, NoManager, TransportError, WaitTimeout];
