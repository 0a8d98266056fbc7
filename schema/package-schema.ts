import type { ResourceType } from "./resources";

/**
 * What a change of an input means:
 * - `update`: changed in place;
 * - `replace`: fixed at creation, so the object is made anew;
 * - `place`: the same, where the state has it; a state that is older than the input gets it recorded;
 * - `connection`: only how the object is reached; recorded, nothing else is touched;
 * - `owner`: another identity is another object. New names, or an identity for what had none, change its labels;
 * - `fixed-owner`: the same of an object whose labels cannot change: new names are recorded.
 */
export type Change = "update" | "replace" | "place" | "connection" | "owner" | "fixed-owner";

/** A type as Pulumi's package schemas write it. */
export interface TypeSpec {
  type?: "string" | "number" | "integer" | "boolean" | "array" | "object";
  items?: TypeSpec;
  additionalProperties?: TypeSpec;
  oneOf?: TypeSpec[];
  /** A type of this package, `#/types/swarm:index:Name`, or anything at all. */
  $ref?: string;
}

export interface Property extends TypeSpec {
  description: string;
  secret?: boolean;
}

/** A type with a name: an object of these properties, or one of these texts. */
export interface NamedType {
  properties?: Readonly<Record<string, Property>>;
  required?: readonly string[];
  enum?: readonly { value: string }[];
}

/** What one resource is. */
export interface Shape {
  readonly inputs: Readonly<Record<string, Property>>;
  /** Inputs that may not be left out. */
  readonly required: readonly string[];
  /** Input → what a change of it means. */
  readonly changes: Readonly<Record<string, Change>>;
  /** What the resource adds to its inputs. */
  readonly outputs: readonly string[];
  /** Inputs and outputs that are secret whatever the program says. */
  readonly secrets: readonly string[];
}

interface PackageSchema {
  types: Record<string, NamedType>;
  resources: Record<string, ResourceSpec>;
}

interface ResourceSpec {
  properties: Record<string, Property>;
  inputProperties: Record<string, Property & { language: { swarm: { change: Change } } }>;
  requiredInputs: string[];
}

const TYPES = "#/types/";

/** Every resource and type of this package, as `pulumi package get-schema` shows them. Read at its first use. */
export function packageSchema(): PackageSchema {
  return require("./swarm.json") as PackageSchema;
}

export function shapeOf(type: ResourceType): Shape {
  const { properties, inputProperties, requiredInputs } = packageSchema().resources[type];
  const changes = Object.entries(inputProperties).map(([name, { language }]) => [
    name,
    language.swarm.change,
  ]);
  return {
    inputs: inputProperties,
    required: requiredInputs,
    changes: Object.fromEntries(changes) as Shape["changes"],
    outputs: Object.keys(properties).filter((name) => !(name in inputProperties)),
    secrets: Object.keys(properties).filter((name) => properties[name].secret),
  };
}

/** The type that a reference names; nothing where anything may stand. */
export function typeAt(reference: string): NamedType | undefined {
  return packageSchema().types[reference.slice(TYPES.length)];
}

/**
 * The keys of an interface that is tagged `@settings`, or part of one: what a configuration may hold there.
 * @param except - keys that are set elsewhere
 */
export function keysOf(name: string, ...except: string[]): string[] {
  const { properties } = packageSchema().types[`swarm:index:${name}`] ?? {};
  if (!properties)
    throw new Error(`No interface called ${name} is tagged @settings, or part of one that is.`);
  return Object.keys(properties).filter((key) => !except.includes(key));
}
