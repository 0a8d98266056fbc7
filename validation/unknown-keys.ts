import { closest } from "./compose-keys";
import type { Problem } from "./problem";

/** Keys of an object that nobody reads: they are mistyped ones. */
export function unknownKeys(where: string, given: object, known: readonly string[]): Problem[] {
  return Object.keys(given)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const close = closest(key, known);
      const remedy = close ? `Did you mean "${close}"?` : `Known: ${known.join(", ")}.`;
      return { where: where === "" ? key : `${where}.${key}`, text: `is not known here. ${remedy}` };
    });
}
