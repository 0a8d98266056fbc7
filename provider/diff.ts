import { isDeepStrictEqual } from "node:util";
import { nameLabels, type Owner } from "../contract/owner";
import { hasUnknown, type Properties } from "./wire";

/**
 * What a change of an input means:
 * - `update`: changed in place;
 * - `replace`: fixed at creation, so the object is made anew;
 * - `place`: the same, where the state has it; a state that is older than the input gets it recorded;
 * - `connection`: only how the object is reached; recorded, nothing else is touched;
 * - `owner`: another identity is another object. New names, or an identity for what had none, change its labels;
 * - `fixed-owner`: the same of an object whose labels cannot change: new names are recorded.
 */
export type FieldRule = "update" | "replace" | "place" | "connection" | "owner" | "fixed-owner";

export type FieldRules<I> = Readonly<Record<keyof I & string, FieldRule>>;

export interface Difference {
  changed: string[];
  replaces: string[];
}

/** Compares the inputs of the last run with the new ones, field by field. An unknown value counts as changed. */
export function difference<I>(rules: FieldRules<I>, old: Properties, inputs: Properties): Difference {
  const changed = Object.keys(rules).filter((field) => differs(old[field], inputs[field]));
  const replaces = changed.filter((field) => {
    const rule = rules[field as keyof I & string];
    if (rule === "owner" || rule === "fixed-owner")
      return isAnother(old[field] as Owner, inputs[field] as Owner);
    return rule === "replace" || (rule === "place" && old[field] !== undefined);
  });
  return { changed, replaces };
}

/** An identity that is not known yet is made in this update, so it can only be new to an object that has none. */
function isAnother(old: Owner | undefined, now: Owner): boolean {
  if (old?.id) return old.id !== now.id;
  return !old || !isDeepStrictEqual(nameLabels(old), nameLabels(now));
}

function differs(old: unknown, now: unknown): boolean {
  return hasUnknown(now) || !isDeepStrictEqual(withoutUndefined(old), withoutUndefined(now));
}

function withoutUndefined(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}
