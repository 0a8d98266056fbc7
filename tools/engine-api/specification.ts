import type { Kind } from "./our-types";

interface Schema {
  $ref?: string;
  type?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  allOf?: Schema[];
}

export type Definitions = Record<string, Schema>;

const KINDS: Record<string, Kind> = {
  string: "string",
  integer: "number",
  number: "number",
  boolean: "boolean",
  array: "array",
  object: "object",
};

/** What api/swagger.yaml says of a property of a definition; nothing where it has none. */
export function specified(definitions: Definitions, definition: string, path: string): Kind | undefined {
  let schemas: Schema[] = [{ $ref: `#/definitions/${definition}` }];
  for (const [step] of path.matchAll(/[^.[\]{}]+|\[\]|\{\}/g)) {
    const parts = schemas.flatMap((schema) => partsOf(definitions, schema));
    schemas = parts.flatMap((part): Schema[] => {
      if (step === "[]") return part.items ? [part.items] : [];
      if (step === "{}")
        return typeof part.additionalProperties === "object" ? [part.additionalProperties] : [];
      return part.properties?.[step] ? [part.properties[step]] : [];
    });
  }
  const parts = schemas.flatMap((schema) => partsOf(definitions, schema));
  if (parts.length === 0) return undefined;
  return KINDS[parts.find(({ type }) => type !== undefined)?.type ?? "object"];
}

/** A schema without references, and all that it is made of. */
function partsOf(definitions: Definitions, schema: Schema): Schema[] {
  if (schema.$ref) return partsOf(definitions, definitions[schema.$ref.split("/").at(-1) ?? ""] ?? {});
  return [schema, ...(schema.allOf ?? []).flatMap((part) => partsOf(definitions, part))];
}
