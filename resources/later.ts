import * as pulumi from "./pulumi";

/** Whether a value comes later than the program's own line: it may be that of a resource that does not exist yet. */
export function isLater(value: unknown): value is pulumi.Output<unknown> | Promise<unknown> {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/** Whether a value comes later, or holds one that does. */
export function hasLater(value: unknown): boolean {
  if (isLater(value)) return true;
  return (Array.isArray(value) || isPlainObject(value)) && Object.values(value).some(hasLater);
}

/** The same with an empty text in the place of each value that comes later. */
export function writtenPart(value: unknown): unknown {
  if (isLater(value)) return "";
  if (Array.isArray(value)) return value.map(writtenPart);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, writtenPart(inner)]));
}

/** Not a resource, whose properties are nobody's business here. */
function isPlainObject(value: unknown): value is object {
  if (value === null || typeof value !== "object") return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
