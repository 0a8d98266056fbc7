import { AsyncResource } from "node:async_hooks";
import { getMonitor } from "./pulumi";

type Register = (request: { getType(): string }, ...rest: unknown[]) => unknown;

/** Pulumi's client of its engine, as far as it is used here. */
export interface Monitor {
  registerResource: Register;
}

/**
 * Holds what anybody in this program registers, until the function that it returns is called. Without that, a program with
 * problems would have made half of what is not ours; and a call that takes minutes would keep the program's end from being
 * seen, and with it our own resources from being made at the same time. Providers go through: looks at what is there, which a
 * program may await, go by them, and nothing is made.
 */
export function holdRegistrations(
  monitor: Monitor | undefined = getMonitor() as Monitor | undefined,
): () => void {
  if (!monitor) return () => undefined;
  const register = monitor.registerResource.bind(monitor);
  const held: (() => void)[] = [];
  const before = Object.getOwnPropertyDescriptor(monitor, "registerResource");
  monitor.registerResource = (request, ...rest) => {
    if (request.getType().startsWith("pulumi:providers:")) return register(request, ...rest);
    // In the context of its own call: Pulumi's traces go by it.
    held.push(AsyncResource.bind(() => void register(request, ...rest)));
    return undefined;
  };
  return () => {
    if (before) Object.defineProperty(monitor, "registerResource", before);
    else delete (monitor as Partial<Monitor>).registerResource;
    for (const registration of held.splice(0)) registration();
  };
}
