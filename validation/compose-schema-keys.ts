/** As much of a JSON schema as the keys of a mapping need. */
export interface JsonSchema {
  $ref?: string;
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
  const shapes = path.reduce<JsonSchema[]>(
    (all, part) => all.flatMap((shape) => below(root, shape, part)),
    shapesOf(root, root),
  );
  return [...new Set(shapes.flatMap(({ properties }) => Object.keys(properties ?? {})))];
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
