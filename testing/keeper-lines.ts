import type { Socket } from "node:net";
import { createInterface } from "node:readline";

/** What whoever uses a swarm tells its keeper. */
export type ToKeeper =
  | { ask: "lease" }
  /** The swarm is whole, and this is what the next one needs to use it; without it nobody can any more. */
  | { ask: "remember"; record?: unknown }
  | { ask: "end" };

/** What its keeper answers. */
export type FromKeeper =
  | { answer: "busy" }
  | { answer: "lease"; record?: unknown }
  | { answer: "ended" }
  | { answer: "left"; why: string };

/** One message is one line. */
export function asLine(message: ToKeeper | FromKeeper): string {
  return `${JSON.stringify(message)}\n`;
}

export function onLines<T>(socket: Socket, take: (message: T) => void): void {
  createInterface(socket)
    .on("line", (line) => take(JSON.parse(line) as T))
    // It repeats those of the socket, whose user has heard of them.
    .on("error", () => undefined);
}
