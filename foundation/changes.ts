import { isDeepStrictEqual } from "node:util";

/** One value that is not the same on both sides; what is missing on one of them is undefined. */
export interface ValueChange {
  /** The keys that lead to it. */
  path: string[];
  old: unknown;
  now: unknown;
}

/** What differs of two values, as deep as both are objects. A list is one value. */
export function changesIn(old: unknown, now: unknown, path: string[] = []): ValueChange[] {
  if (isDeepStrictEqual(old, now)) return [];
  if (!isObject(old) || !isObject(now)) return [{ path, old, now }];
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return keys.flatMap((key) => changesIn(old[key], now[key], [...path, key]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
