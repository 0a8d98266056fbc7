import { slot, type InSession } from "../../foundation/session";

const made = slot(() => new Set<string>());

/** Notes a network that this run made or took over. */
export function noteMade(networkId: string, { session }: InSession): void {
  session.get(made).add(networkId);
}

/** Whether this run made or took over a network: then nothing that lies in it is in Pulumi's state yet. */
export function madeInThisRun(networkId: string, { session }: InSession): boolean {
  return session.get(made).has(networkId);
}
