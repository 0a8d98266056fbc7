import type { Gap } from "../e2e/harness/client";
import { shortNameOf, type EngineEvent } from "../e2e/harness/events";

/** A gap between a client's answers, and what the update did meanwhile, as its event log tells. */
export function describeGap(
  { from, to, requests, refusals }: Gap,
  events: EngineEvent[],
  cluster: string,
): string {
  const seconds = ((to - from) / 1000).toFixed(1);
  const during = events
    // The log knows whole seconds.
    .filter(({ timestamp }) => timestamp >= Math.floor(from / 1000) && timestamp <= Math.floor(to / 1000))
    .flatMap((event) => whatOf(event, cluster).map((what) => `${clock(event.timestamp * 1000)} ${what}`));
  return [
    `gap of ${seconds} s from ${clock(from)}: ${requests} requests begun, ${refusals.length} refusals`,
    ...countsOf(refusals).map((refusal) => `  ${refusal}`),
    ...during.map((what) => `  ${what}`),
  ].join("\n");
}

function whatOf(event: EngineEvent, cluster: string): string[] {
  const { resourcePreEvent, resOutputsEvent, diagnosticEvent } = event;
  if (resourcePreEvent) return stepOf("begins", resourcePreEvent.metadata, cluster);
  if (resOutputsEvent) return stepOf("ended", resOutputsEvent.metadata, cluster);
  const { urn, message } = diagnosticEvent ?? {};
  return urn && message ? [`${shortNameOf(urn, cluster)}: ${message.trim()}`] : [];
}

function stepOf(state: string, { op, urn }: { op: string; urn: string }, cluster: string): string[] {
  return op === "same" ? [] : [`${shortNameOf(urn, cluster)}: ${op} ${state}`];
}

/** The same refusal comes many times. */
function countsOf(texts: string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, count]) => `${count} x ${text}`);
}

function clock(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23);
}
