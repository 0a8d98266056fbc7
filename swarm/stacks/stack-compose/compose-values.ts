const UNITS: [unit: string, ns: number][] = [
  ["s", 1_000_000_000],
  ["ms", 1_000_000],
  ["us", 1_000],
  ["ns", 1],
];
const NANO_CPUS = 1_000_000_000;

/** Nanoseconds as a compose file writes them, "90s". */
export function duration(ns: number | undefined): string | undefined {
  if (ns === undefined) return undefined;
  const [unit, size] = UNITS.find(([, each]) => ns % each === 0) ?? ["ns", 1];
  return `${ns / size}${unit}`;
}

/** The same where a zero stands for what was never set. */
export function someDuration(ns: number | undefined): string | undefined {
  return duration(ns || undefined);
}

export function cpus(nano: number | undefined): string | undefined {
  return nano ? String(nano / NANO_CPUS) : undefined;
}

/** Bytes, without a unit. */
export function bytes(size: number | undefined): string | undefined {
  return size ? String(size) : undefined;
}

/** The mapping without values that are not set; nothing where none is. */
export function mapping<T extends object>(values: T): Partial<T> | undefined {
  const set = Object.entries(values).filter(([, value]) => value !== undefined);
  return set.length > 0 ? (Object.fromEntries(set) as Partial<T>) : undefined;
}

/** A list or mapping with something in it; an engine also tells empty ones. */
export function filled<T extends object>(value: T | null | undefined): T | undefined {
  return value && Object.keys(value).length > 0 ? value : undefined;
}

/** Labels without those that Docker's stacks and this tool write themselves. */
export function without(
  labels: Record<string, string> | null | undefined,
  isWritten: (name: string) => boolean,
): Record<string, string> | undefined {
  return filled(Object.fromEntries(Object.entries(labels ?? {}).filter(([name]) => !isWritten(name))));
}
