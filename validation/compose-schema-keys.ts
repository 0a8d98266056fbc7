/** As much of a JSON schema as is read of it: the keys of a mapping, and what is a duration. */
export interface JsonSchema {
  $ref?: string;
  format?: string;
  properties?: Record<string, JsonSchema>;
  patternProperties?: Record<string, JsonSchema>;
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  oneOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  definitions?: Record<string, JsonSchema>;
}

/** The keys that a schema knows at a path of a document. */
export function keysAt(root: JsonSchema, path: readonly string[]): string[] {
  return [...new Set(shapesAt(root, path).flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

/** Whether a schema takes a duration at a path of a document. */
export function isDurationAt(root: JsonSchema, path: readonly string[]): boolean {
  return shapesAt(root, path).some(({ format }) => format === "duration");
}

function shapesAt(root: JsonSchema, path: readonly string[]): JsonSchema[] {
  return path.reduce<JsonSchema[]>(
    (all, part) => all.flatMap((shape) => below(root, shape, part)),
    shapesOf(root, root),
  );
}

function below(root: JsonSchema, shape: JsonSchema, part: string): JsonSchema[] {
  const { properties = {}, patternProperties = {}, additionalProperties, items } = shape;
  const matching = Object.entries(patternProperties).filter(([pattern]) => new RegExp(pattern).test(part));
  const found = Object.hasOwn(properties, part)
    ? [properties[part]]
    : [
        ...matching.map(([, inner]) => inner),
        ...(typeof additionalProperties === "object" ? [additionalProperties] : []),
      ];
  return [...found, ...(items ? [items] : [])].flatMap((inner) => shapesOf(root, inner));
}

/** What a schema may be: references are followed, and each of several shapes counts. */
function shapesOf(root: JsonSchema, schema: JsonSchema): JsonSchema[] {
  if (schema.$ref !== undefined) {
    const target = root.definitions?.[schema.$ref.replace("#/definitions/", "")];
    return target ? shapesOf(root, target) : [];
  }
  return [
    schema,
    ...[...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].flatMap((one) => shapesOf(root, one)),
  ];
}
