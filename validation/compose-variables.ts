import { isMapping } from "./node";
import { show, type Problem } from "./problem";

/** What a shell takes as the name of a variable; `docker stack config` gets them from one. */
const NAME = /^[A-Za-z_]\w*$/;

/** Names and types of the values for a stack's `${VARIABLES}`. The values may be secret and are never repeated. */
export function checkVariables(env: unknown): Problem[] {
  if (env === undefined) return [];
  if (!isMapping(env))
    return [{ where: "env", text: 'is no mapping of names to texts. Write it like { TAG: "1.2" }.' }];
  return Object.entries(env).flatMap(([name, value]) => {
    const where = `env[${show(name)}]`;
    if (!NAME.test(name)) {
      const text =
        "is no name of a variable: letters, digits and underscores, no digit first. Rename it, in the compose files too.";
      return [{ where, text }];
    }
    if (typeof value === "string") return [];
    return [{ where, text: `the value is of type ${typeof value}, not a text. Put it in quotes.` }];
  });
}

/** @param given - the arguments of a stack; a type keeps nobody from it who writes JavaScript or YAML */
export function checkFormerName(given: object): Problem[] {
  if (!("environment" in given)) return [];
  const text =
    "is called `env`: values for ${VARIABLES} of the compose files, which reach no container by themselves. " +
    "Rename it; what containers get stands under `environment` in the compose file.";
  return [{ where: "environment", text }];
}
