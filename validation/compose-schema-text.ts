import { show } from "./problem";

/** One error of a compiled schema. */
export interface SchemaError {
  instancePath: string;
  schemaPath: string;
  keyword: string;
  params: Record<string, unknown>;
}

const WORDS: Readonly<Record<string, string>> = {
  object: "a mapping",
  array: "a list",
  string: "a text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  null: "nothing",
};

/**
 * What is wrong with a value, of all that its schema has said of it.
 *
 * @param template - the text as it is written, where variables were filled in: what they hold may be secret
 */
export function objectionTo(errors: readonly SchemaError[], value: unknown, template?: string): string {
  const shown = (one: unknown) => (template === undefined ? shownValue(one) : show(template));
  const lacking = errors.find(({ keyword }) => keyword === "required");
  if (lacking)
    return `lacks \`${String(lacking.params.missingProperty)}\`, which Docker's stacks need here. Add it.`;
  if (errors.some(({ params }) => params.format === "duration"))
    return `${shown(value)} is no duration. Write it with its unit, like 30s or 1m30s.`;
  const enumerated = errors.find(({ keyword }) => keyword === "enum");
  if (enumerated) {
    const allowed = (enumerated.params.allowedValues as unknown[]).map(show).join(", ");
    return `${shown(value)} is none of the values that Docker's stacks take here: ${allowed}. Use one of them.`;
  }
  if (errors.some(({ keyword }) => keyword === "uniqueItems")) return "lists the same twice. Remove one.";
  const types = errors
    .filter(({ keyword }) => keyword === "type")
    .flatMap(({ params }) => params.type as string);
  if (types.length > 0) return objectionToType([...new Set(types)], value, shown(value));
  const [{ keyword }] = errors;
  return `${shown(value)} breaks the rule "${keyword}" of Docker's schema of compose files. Correct it.`;
}

/** What is wrong with a number where a duration belongs. */
export function objectionToNumber(value: number): string {
  return `${value} has no unit; Docker's stacks take a duration here. Write "${value}s" if these are seconds.`;
}

function objectionToType(types: readonly string[], value: unknown, shown: string): string {
  const wanted = types.map((type) => WORDS[type] ?? type).join(" or ");
  const is =
    value === null || value === undefined ? "there is no value" : `${shown} is ${WORDS[kindOf(value)]}`;
  const isScalar = typeof value !== "object";
  if (isScalar && typeof value !== "string" && types.includes("string"))
    return `${is}; Docker's stacks take ${wanted} here. Put it in quotes.`;
  if (typeof value === "string" && types.some((type) => ["integer", "number", "boolean"].includes(type)))
    return `${is}; Docker's stacks take ${wanted} here. Write it without quotes.`;
  return `${is}; Docker's stacks take ${wanted} here. Write it like that.`;
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "array" : typeof value;
}

const LONGEST = 40;

function shownValue(value: unknown): string {
  if (value !== null && typeof value === "object") return "what stands here";
  const text = show(value);
  return text.length > LONGEST ? "the value" : text;
}
