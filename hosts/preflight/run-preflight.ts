import type { LinkReport, PreflightReport } from "../../schema/preflight";
import type { PreflightMachine } from "./agent-run";
import { lookOnce, type Extent, type OneLookOptions } from "./one-look";

export type { PreflightLimits, OneLookOptions } from "./one-look";

const FIRST: Extent = { seconds: 2.5, sizes: true };
/** Machines that are busy, fifty at once on two cores for one, need longer than a network ever does. */
const PATIENCE_S = 8;
const UNHEARD = ["no answer", "the connection was cut"];

/**
 * Looks at every pair of machines in both directions at once, and a second time, with more patience and fewer packets, at
 * the pairs that gave no answer: what stays silent then is blocked. Needs perl or python3 on each, changes nothing, and
 * leaves nothing running. What could not be asked is part of the report, never an exception; a cancelled look is one.
 */
export async function runPreflight(
  machines: readonly PreflightMachine[],
  options: OneLookOptions,
): Promise<PreflightReport> {
  const first = await lookOnce(machines, options, FIRST);
  const unheard = new Set(first.links.filter(isUnheard).map(pairOf));
  if (unheard.size === 0) return first;
  const second = await lookOnce(machines, options, {
    seconds: PATIENCE_S,
    sizes: false,
    wants: (from, to) => unheard.has(pairOf({ from, to })),
  });
  const again = new Map(second.links.map((link) => [pairOf(link), link]));
  return { ...first, links: first.links.map((link) => withAnswers(link, again.get(pairOf(link)))) };
}

function isUnheard({ probes }: LinkReport): boolean {
  return probes.some(({ state, reason }) => state === "blocked" && UNHEARD.includes(reason ?? ""));
}

/** What answered at the second time is open. */
function withAnswers(link: LinkReport, again: LinkReport | undefined): LinkReport {
  const probes = link.probes.map((probe) => {
    const second = again?.probes.find(({ port }) => port === probe.port);
    return probe.state === "blocked" && second?.state === "ok" ? second : probe;
  });
  return { ...link, probes, rttMs: link.rttMs ?? again?.rttMs, clock: link.clock ?? again?.clock };
}

function pairOf({ from, to }: Pick<LinkReport, "from" | "to">): string {
  return `${from} ${to}`;
}
