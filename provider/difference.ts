import { isDeepStrictEqual } from "node:util";
import { nameLabels, type Owner } from "../schema/owner";
import type { Shape } from "../schema/package-schema";
import { hasUnknown, type Properties } from "./values";

export interface Difference {
  changed: string[];
  replaces: string[];
}

/** Compares the inputs of the last run with the new ones, field by field. An unknown value counts as changed. */
export function difference(rules: Shape["changes"], old: Properties, inputs: Properties): Difference {
  const changed = Object.keys(rules).filter((field) => differs(old[field], inputs[field]));
  const replaces = changed.filter((field) => {
    const rule = rules[field];
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
