/**
 * `$NAME`, `${NAME}` and their forms with a default or a complaint; `$$` is a dollar sign. Source: docker/cli,
 * cli/compose/template/template.go.
 */
const PATTERN = /\$(?:(\$)|([_a-z][_a-z0-9]*)|\{([_a-z][_a-z0-9]*)(?:(:?[-?])([^}]*))?\}|)/gi;

/**
 * Fills in the variables of a text as `docker stack config` does. One that has no value is empty.
 *
 * @throws Error with what is wrong with the text, or the text's own complaint of a missing variable
 */
export function interpolate(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(
    PATTERN,
    (
      found: string,
      dollar?: string,
      plain?: string,
      braced?: string,
      how?: string,
      other: string = "",
    ): string => {
      if (dollar) return "$";
      const name = plain ?? braced;
      if (name === undefined) throw new Error('a "$" begins no variable. Write "$$" for the sign itself.');
      const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
      if (how === undefined) return value ?? "";
      // With a colon an empty value counts as none.
      const isThere = how.startsWith(":") ? Boolean(value) : value !== undefined;
      if (isThere) return value ?? "";
      if (how.endsWith("-")) return other;
      throw new Error(
        `${found} needs the variable ${name}: ${other || "it has no value"}. Give it to the stack.`,
      );
    },
  );
}
