import { isDeepStrictEqual } from "node:util";
import { hasUnknown, type Properties } from "./wire";

/**
 * What a change of an input means:
 * - `update`: changed in place;
 * - `replace`: fixed at creation, so the object is made anew;
 * - `connection`: only how the object is reached; recorded, nothing else is touched.
 */
export type FieldRule = "update" | "replace" | "connection";

export type FieldRules<I> = Readonly<Record<keyof I & string, FieldRule>>;

export interface Difference {
  changed: string[];
  replaces: string[];
}

/** Compares the inputs of the last run with the new ones, field by field. An unknown value counts as changed. */
export function difference<I>(rules: FieldRules<I>, old: Properties, inputs: Properties): Difference {
  const changed = Object.keys(rules).filter((field) => differs(old[field], inputs[field]));
  return { changed, replaces: changed.filter((field) => rules[field as keyof I & string] === "replace") };
}

function differs(old: unknown, now: unknown): boolean {
  return hasUnknown(now) || !isDeepStrictEqual(withoutUndefined(old), withoutUndefined(now));
}

function withoutUndefined(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}
