import { closest } from "./compose-keys";
import type { Problem } from "./problem";

/** Keys of an object that nobody reads: they are mistyped ones. */
export function unknownKeys(where: string, given: object, known: readonly string[]): Problem[] {
  return Object.keys(given)
    .filter((key) => !known.includes(key))
    .map((key) => ({
      where: where === "" ? key : `${where}.${key}`,
      // Only when it is read: of several types that a value may have, all but one find its keys unknown.
      get text() {
        const close = closest(key, known);
        return `is not known here. ${close ? `Did you mean "${close}"?` : `Known: ${known.join(", ")}.`}`;
      },
    }));
}
