import * as pulumi from "../resources/pulumi";
import { isLater } from "../resources/later";
import type { Problem } from "../validation/problem";

/**
 * Judges a value once it is known. One that waits for a resource is judged by the provider, before it changes anything.
 */
export type OnceKnown = <T>(value: pulumi.Input<T>, check: (known: T) => Problem[]) => void;

/** Problems of a value that is written down, now; those of one that comes later, as soon as it is there. */
export function judge<T>(
  value: pulumi.Input<T>,
  onceKnown: OnceKnown,
  check: (known: T) => Problem[],
): Problem[] {
  if (!isLater(value)) return check(value as T);
  onceKnown(value as pulumi.Input<T>, check);
  return [];
}

/** Several values as one, which comes when the last of them does. */
export function together<T extends readonly unknown[]>(
  ...values: {
    [K in keyof T]: pulumi.Input<T[K]>;
  }
): pulumi.Input<T> {
  if (!values.some(isLater)) return values as unknown as pulumi.Input<T>;
  return pulumi.all(values as unknown as pulumi.Input<unknown>[]) as unknown as pulumi.Output<T>;
}
