const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads a duration such as "90s", "1h30m" or "30d" as milliseconds; nothing for what is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * UNITS[unit],
    0,
  );
}

/** Milliseconds as the shortest such text that says the same. */
export function formatDuration(ms: number): string {
  for (const unit of ["d", "h", "m", "s"]) {
    // Days are left to the reader: the engine itself speaks of hours.
    if (unit !== "d" && ms > 0 && ms % UNITS[unit] === 0) return `${ms / UNITS[unit]}${unit}`;
  }
  return `${ms}ms`;
}
