import { typeAt, type NamedType, type Property, type Shape, type TypeSpec } from "../schema/package-schema";
import { unknownKeys } from "./unknown-keys";
import { isMapping } from "./node";
import { show, type Problem } from "./problem";

/** A value on its way through its type. */
interface Place {
  where: string;
  /** Whether a message may not show it. */
  hidden: boolean;
}

/**
 * Inputs that the resource does not have, and values of another type than the schema says, at any depth: input → its
 * problems. What is not known yet (a symbol stands for it) is fine, and so is what is missing, see {@link missingInputs}.
 * @param secrets - inputs whose values no message may show, beside those that the schema calls secret
 */
export function typeProblems(
  { inputs }: Shape,
  values: Readonly<Record<string, unknown>>,
  secrets: ReadonlySet<string> = new Set(),
): Map<string, Problem[]> {
  const found = Object.entries(values).map(([name, value]): [string, Problem[]] => {
    if (!Object.hasOwn(inputs, name)) return [name, unknownKeys("", { [name]: value }, Object.keys(inputs))];
    const hidden = inputs[name].secret === true || secrets.has(name);
    return [name, ofType(inputs[name], value, { where: name, hidden }).filter(isWrong)];
  });
  return new Map(found.filter(([, problems]) => problems.length > 0));
}

/**
 * What has to be given and is not, at any depth. Only for a create or an update, in a preview too: a check also sees the
 * inputs of resources that come to nothing, because what they depend on failed or is left out (`--target`), and those miss
 * what they would have got from there.
 */
export function missingInputs(
  { inputs: properties, required }: Shape,
  values: Readonly<Record<string, unknown>>,
): Problem[] {
  return propertiesOf({ properties, required }, values, { where: "", hidden: true }).filter(isMissing);
}

/** Told apart, because they are asked for at different times. */
class Missing implements Problem {
  readonly text: string;
  constructor(
    readonly where: string,
    { description }: Property,
  ) {
    this.text = `is missing, and has no default. What it is: ${description}`;
  }
}

const isMissing = (problem: Problem) => problem instanceof Missing;
const isWrong = (problem: Problem) => !isMissing(problem);

function ofType(spec: TypeSpec, value: unknown, place: Place): Problem[] {
  if (value === undefined || typeof value === "symbol") return [];
  if (spec.oneOf) return ofNearest(spec.oneOf, value, place);
  if (spec.$ref !== undefined) return ofNamed(typeAt(spec.$ref), value, place);
  if (spec.type === "array") return itemsOf(spec.items ?? {}, value, place);
  if (spec.type === "object") return entriesOf(spec.additionalProperties ?? {}, value, place);
  return isPlain(spec.type, value) ? [] : [wrong(value, place, RULES[spec.type ?? "string"])];
}

const RULES = {
  string: 'is not a text. Write it in quotes, such as "1".',
  number: "is not a number. Write it without quotes.",
  integer: "is not a whole number. Write it without quotes.",
  boolean: "is neither true nor false. Write it without quotes.",
  array: "is no list. Write it like [one, two].",
  object: "is no mapping of names to values. Write it like {name: value}.",
} as const;

function isPlain(type: TypeSpec["type"], value: unknown): boolean {
  return type === "integer" ? Number.isInteger(value) : typeof value === type;
}

/** Of several types the one that fits best: a machine over SSH that misses its key is no container. */
function ofNearest(specs: TypeSpec[], value: unknown, place: Place): Problem[] {
  let best: Problem[] | undefined;
  for (const spec of specs) {
    const found = ofType(spec, value, place);
    if (found.length === 0) return found;
    if (!best || distance(found) < distance(best)) best = found;
  }
  return best ?? [];
}

/** What is there says more of what was meant than what is missing. */
function distance(problems: Problem[]): number {
  return problems.reduce((sum, problem) => sum + (isMissing(problem) ? 1 : 2), 0);
}

function ofNamed(type: NamedType | undefined, value: unknown, place: Place): Problem[] {
  if (!type) return [];
  if (!type.enum) return propertiesOf(type, value, place);
  const known = type.enum.map((one) => one.value);
  if (known.includes(value as string)) return [];
  return [wrong(value, place, `is not one of: ${known.join(", ")}. Use one of these.`)];
}

function propertiesOf(
  { properties = {}, required = [] }: NamedType,
  value: unknown,
  place: Place,
): Problem[] {
  if (!isMapping(value)) return [wrong(value, place, RULES.object)];
  const at = (name: string) => (place.where === "" ? name : `${place.where}${keyOf(name)}`);
  return [
    ...unknownKeys(place.where, value, Object.keys(properties)),
    ...required
      .filter((name) => value[name] === undefined)
      .map((name) => new Missing(at(name), properties[name])),
    ...Object.entries(properties).flatMap(([name, property]) =>
      ofType(property, value[name], { where: at(name), hidden: place.hidden || property.secret === true }),
    ),
  ];
}

function itemsOf(spec: TypeSpec, value: unknown, { where, hidden }: Place): Problem[] {
  if (!Array.isArray(value)) return [wrong(value, { where, hidden }, RULES.array)];
  return value.flatMap((item, index) => ofType(spec, item, { where: `${where}[${index}]`, hidden }));
}

function entriesOf(spec: TypeSpec, value: unknown, { where, hidden }: Place): Problem[] {
  if (!isMapping(value)) return [wrong(value, { where, hidden }, RULES.object)];
  return Object.entries(value).flatMap(([key, item]) =>
    ofType(spec, item, { where: `${where}[${show(key)}]`, hidden }),
  );
}

/** As a program would write it. */
function keyOf(name: string): string {
  return /^\w+$/.test(name) ? `.${name}` : `[${show(name)}]`;
}

/** Only a short value helps to find it. */
const LONGEST_SHOWN = 60;

function wrong(value: unknown, { where, hidden }: Place, rule: string): Problem {
  const kind = Array.isArray(value) ? "list" : isMapping(value) ? "mapping" : typeof value;
  const text = show(value);
  return { where, text: `${hidden || text.length > LONGEST_SHOWN ? `a ${kind}` : text} ${rule}` };
}
