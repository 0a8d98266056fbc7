import { readFileSync } from "node:fs";
import path from "node:path";
import { packageFolder } from "../foundation/package-folder";
import type { ComposeNode } from "./compose-node";
import { instanceOf } from "./compose-instance";
import { isDurationAt, keysAt, type JsonSchema } from "./compose-schema-keys";
import { objectionToKey } from "./compose-keys";
import { objectionTo, objectionToNumber, type SchemaError } from "./compose-schema-text";
import { show, type Problem } from "./problem";

interface Validate {
  (value: unknown): boolean;
  errors?: SchemaError[] | null;
}

/** Those that Docker's own code has schemas for: "3.0" to "3.13". */
const NEWEST = 13;

/**
 * What Docker's own schema of a compose file's version says of it, at the file's lines.
 *
 * @param variables - values for `${VARIABLES}`; nothing while they are not known: then what holds one is not judged
 */
export function checkSchema(
  root: ComposeNode,
  content: string,
  variables: Readonly<Record<string, string>> | undefined,
): Problem[] {
  const { value, failures } = instanceOf(content, variables, "1.1");
  const version = versionOf(value.version);
  if (version === undefined) {
    const where = root.child("version")?.where ?? root.where;
    const text = `${show(value.version)} is no version of Docker's stacks. Write "3.0" to "3.${NEWEST}", or leave it out.`;
    return [{ where, text }];
  }
  const unfilled = failures.map((failure) => ({
    where: nodeAt(root, failure.path).where,
    text: failure.message,
  }));
  const validate = validatorOf(version);
  const errors = errorsOf(validate, value);
  if (errors.length === 0) return unfilled;
  // Whether `y` or `1:30` is a text depends on the release of Docker: certain is what no reading allows.
  const modern = new Set(errorsOf(validate, instanceOf(content, variables, "1.2").value).map(keyOf));
  const certain = errors.filter((error) => modern.has(keyOf(error)));
  const unknown = (at: string[]) => variables === undefined && hasTemplate(nodeAt(root, at));
  return [...unfilled, ...problemsOf(certain, schemaOf(version), root, value, unknown)];
}

function errorsOf(validate: Validate, value: unknown): readonly SchemaError[] {
  return validate(value) ? [] : (validate.errors ?? []);
}

function keyOf({ instancePath, keyword, params }: SchemaError): string {
  return JSON.stringify([instancePath, keyword, params.additionalProperty]);
}

function problemsOf(
  errors: readonly SchemaError[],
  schema: JsonSchema,
  root: ComposeNode,
  value: unknown,
  isUnknown: (path: string[]) => boolean,
): Problem[] {
  const groups = new Map<string, SchemaError[]>();
  for (const error of errors)
    groups.set(error.instancePath, [...(groups.get(error.instancePath) ?? []), error]);
  return [...groups].flatMap(([place, group]) => {
    const at = segmentsOf(place);
    const keys = group.filter(({ keyword }) => keyword === "additionalProperties");
    const foreign = [...new Set(keys.map(({ params }) => String(params.additionalProperty)))];
    if (foreign.length > 0) {
      const known = keysAt(schema, at);
      const node = nodeAt(root, at);
      return foreign.flatMap((name) => {
        const entry = node.entries.find(({ key }) => key.text === name);
        // One that is no text is told of by others.
        return entry ? [{ where: entry.key.where, text: objectionToKey(at, name, known) }] : [];
      });
    }
    // What is wrong inside of it says more than that none of several shapes fits.
    const isInner = [...groups.keys()].some((other) => other.startsWith(`${place}/`));
    const ofShapes = group.every(({ schemaPath }) => /\/(oneOf|anyOf)\b/.test(schemaPath));
    if ((isInner && ofShapes) || isUnknown(at)) return [];
    const { where, isTemplate, text } = nodeAt(root, at);
    const given = valueAt(value, at);
    if (typeof given === "number" && isDurationAt(schema, at))
      return [{ where, text: objectionToNumber(given) }];
    return [{ where, text: objectionTo(group, given, isTemplate ? text : undefined) }];
  });
}

function versionOf(version: unknown): string | undefined {
  const text = version === undefined ? "" : show(version).replaceAll('"', "");
  if (text === "" || text === "3") return `3.${NEWEST}`;
  const [, minor] = /^3\.(\d+)$/.exec(text) ?? [];
  return minor !== undefined && Number(minor) <= NEWEST ? `3.${Number(minor)}` : undefined;
}

/** Compiled from Docker's by tools/compose-schema.js. */
function validatorOf(version: string): Validate {
  const all = require(path.join(packageFolder, "dist", "validation", "compose-validators.js")) as Record<
    string,
    Validate
  >;
  return all[`v${version.replace(".", "_")}`];
}

/** Docker's own text, which is read where something is wrong. */
function schemaOf(version: string): JsonSchema {
  const file = path.join(packageFolder, "validation", "compose-schema", `v${version}.json`);
  return JSON.parse(readFileSync(file, "utf8")) as JsonSchema;
}

function segmentsOf(place: string): string[] {
  return place
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The value of a path, or the innermost around it that is there. */
function nodeAt(root: ComposeNode, at: readonly string[]): ComposeNode {
  let node = root;
  for (const part of at) {
    const next = node.child(part) ?? node.items[Number(part)];
    if (!next) return node;
    node = next;
  }
  return node;
}

function valueAt(value: unknown, at: readonly string[]): unknown {
  return at.reduce<unknown>((inner, part) => (inner as Record<string, unknown> | undefined)?.[part], value);
}

function hasTemplate(node: ComposeNode): boolean {
  return (
    node.isTemplate || node.items.some(hasTemplate) || node.entries.some(({ value }) => hasTemplate(value))
  );
}
