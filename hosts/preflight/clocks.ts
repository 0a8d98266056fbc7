import type { Clock, PreflightReport } from "../../schema/preflight";

/** A host's clock against the median of all clocks. */
export interface ClockRow extends Clock {
  host: string;
}

/**
 * Every host's offset from the median. The hosts' own packets say it best: what a host saw of the others is enough,
 * as their median less its own zero. A host that saw fewer than half of them is held against what the machine that
 * runs the preflight saw, whose way there may be long.
 */
export function clockRows({ hosts, links }: PreflightReport): ClockRow[] {
  const known = hosts.flatMap(({ name, clock }) => (clock ? [{ name, clock }] : []));
  const middle = median(known.map(({ clock }) => clock.offsetMs));
  return known.map(({ name, clock }) => {
    const seen = links.flatMap(({ from, clock: other }) => (from === name && other ? [other] : []));
    if (seen.length * 2 < known.length - 1 || seen.length === 0) {
      return { host: name, offsetMs: clock.offsetMs - middle, uncertaintyMs: clock.uncertaintyMs };
    }
    return {
      host: name,
      offsetMs: -median([0, ...seen.map(({ offsetMs }) => offsetMs)]),
      uncertaintyMs: median(seen.map(({ uncertaintyMs }) => uncertaintyMs)),
    };
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
