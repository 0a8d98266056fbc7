import { stringify } from "yaml";

/**
 * The text of a compose file whose values are what they are: Docker reads YAML 1.1, in which `yes` is no text, and takes
 * what follows a `$` for the name of a variable.
 */
export function composeText(compose: object): string {
  return stringify(escaped(compose), { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false });
}

/** Keys are no place for variables. */
function escaped(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll("$", "$$$$");
  if (Array.isArray(value)) return value.map(escaped);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, escaped(inner)]));
}
