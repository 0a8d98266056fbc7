import { waitFor } from "../../../foundation/wait";
import { diagnostics } from "../../e2e/fixtures/reading";
import { eventsIn, isChange, shortNameOf, type EngineEvent } from "../../e2e/harness/events";
import { childrenOf, isRunning } from "../../e2e/harness/processes";
import type { Running } from "../../e2e/harness/run";

/** Who is killed. */
export type Victim = "CLI" | "provider";

/** A moment of an update, told by what the CLI says of its steps: "before create Swarm dev". */
export interface KillPoint {
  moment: string;
  victim: Victim;
}

const PROVIDER = "pulumi-resource-swarm";
const MOMENT_TIMEOUT_MS = 180_000;

/** Both ends of every step that changes something, in an order that is the same for each run of an edit. */
export function momentsOf(eventLog: string, cluster: string): string[] {
  const moments = eventsIn(eventLog).map((event) => momentOf(event, cluster));
  return [...new Set(moments)].filter((moment) => moment !== undefined).sort();
}

export function killPointsOf(moments: readonly string[]): KillPoint[] {
  return moments.flatMap((moment) => [
    { moment, victim: "CLI" as const },
    { moment, victim: "provider" as const },
  ]);
}

function momentOf({ resourcePreEvent, resOutputsEvent }: EngineEvent, cluster: string): string | undefined {
  const step = (resourcePreEvent ?? resOutputsEvent)?.metadata;
  // "replace" itself is only a note between the creation of the new object and the removal of the old one.
  if (!step || !isChange(step) || step.op === "replace") return undefined;
  return `${resourcePreEvent ? "before" : "after"} ${step.op} ${shortNameOf(step.urn, cluster).replace(cluster, "cluster")}`;
}

/**
 * Kills at the moment, and waits until the update and its provider have ended. Answers false where the update
 * succeeded without that moment, as a step is not made where nothing is left to do.
 */
export async function killAt(
  { moment, victim }: KillPoint,
  update: Running,
  eventLog: string,
  cluster: string,
): Promise<boolean> {
  const cli = update.child.pid ?? 0;
  let provider: number | undefined;
  const reached = await waitFor<boolean>(
    { name: `it is time: ${moment}`, intervalMs: 20, timeoutMs: MOMENT_TIMEOUT_MS },
    async () => {
      const ended = update.child.exitCode !== null;
      provider ??= childrenOf(cli, PROVIDER)[0];
      if (momentsOf(eventLog, cluster).includes(moment)) return { done: !ended };
      return ended ? { done: false } : { pending: "not yet" };
    },
  );
  if (reached) {
    if (victim === "provider" && provider === undefined)
      throw new Error("The update has no provider process.");
    process.kill(victim === "CLI" ? cli : (provider as number), "SIGKILL");
  }
  const ended = await update.ended;
  if (provider !== undefined) await gone(provider);
  if (!reached && ended.code !== 0)
    throw new Error(`It failed before anybody was killed: ${diagnostics(ended)}`);
  return reached;
}

/** A provider whose CLI is gone ends too: it would work on beside the next run's. */
export function gone(pid: number): Promise<boolean> {
  return waitFor<boolean>(
    { name: "it has ended", on: `provider ${pid}`, intervalMs: 100, timeoutMs: 10_000 },
    async () => (isRunning(pid) ? { pending: "it runs" } : { done: true }),
  );
}
