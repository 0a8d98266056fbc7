import { isDeepStrictEqual } from "node:util";
import { changesIn } from "../foundation/changes";
import type { Properties } from "./values";

export type ChangeKind = "add" | "delete" | "update";

/** One change as Pulumi's display looks it up: in the state's outputs on the old side, in the inputs on the new one. */
export interface DetailedChange {
  /** Pulumi's property path: `definition.services.web["com.docker.label"]`. */
  path: string;
  kind: ChangeKind;
}

/** Field by field: `deep` as deep as it goes, and of files their names, as their texts say too much or too little. */
export function detailedDifference(
  changed: readonly string[],
  deep: string,
  old: Properties,
  inputs: Properties,
): DetailedChange[] {
  return changed.flatMap((field) => {
    const [before, after] = [old[field], inputs[field]];
    if (field === deep)
      return changesIn(before, after).map((change) => ({
        path: propertyPath([field, ...change.path]),
        kind: kindOf(change.old, change.now),
      }));
    if (areNamed(before) && areNamed(after) && before.length === after.length)
      return after.flatMap((one, index) =>
        isDeepStrictEqual(one, before[index]) ? [] : [{ path: `${field}[${index}].name`, kind: "update" }],
      );
    return [{ path: field, kind: kindOf(before, after) }];
  });
}

function areNamed(list: unknown): list is { name: string }[] {
  return Array.isArray(list) && list.every((one) => typeof (one as { name?: unknown })?.name === "string");
}

function kindOf(old: unknown, now: unknown): ChangeKind {
  if (old === undefined) return "add";
  return now === undefined ? "delete" : "update";
}

function propertyPath([first, ...rest]: string[]): string {
  const steps = rest.map((key) =>
    /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `["${key.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"]`,
  );
  return [first, ...steps].join("");
}
