import * as pulumi from "./pulumi";

/** Whether a value comes later than the program's own line: it may be that of a resource that does not exist yet. */
export function isLater(value: unknown): value is pulumi.Output<unknown> | Promise<unknown> {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}
