import { isMapping } from "./node";
import { show, type Problem } from "./problem";

/** What a shell takes as the name of a variable; `docker stack config` gets them from one. */
const NAME = /^[A-Za-z_]\w*$/;

/** Names and types of the values for a stack's `${VARIABLES}`. The values may be secret and are never repeated. */
export function checkVariables(environment: unknown): Problem[] {
  if (environment === undefined) return [];
  if (!isMapping(environment))
    return [{ where: "environment", text: 'is no mapping of names to texts. Write it like { TAG: "1.2" }.' }];
  return Object.entries(environment).flatMap(([name, value]) => {
    const where = `environment[${show(name)}]`;
    if (!NAME.test(name)) {
      const text =
        "is no name of a variable: letters, digits and underscores, no digit first. Rename it, in the compose files too.";
      return [{ where, text }];
    }
    if (typeof value === "string") return [];
    return [{ where, text: `the value is of type ${typeof value}, not a text. Put it in quotes.` }];
  });
}
