import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import type { ManagerRef } from "../schema/connection";
import { connect } from "../docker/connect";
import { unlockKey } from "../docker/swarm";
import { stateResources, type StateResource, type Target } from "./stack-state";
import type { InRun } from "../foundation/session";

/** Without a leader the engine takes 20 s to say so; the state knows the key as well. */
const KEY_TIMEOUT_MS = 5_000;

/** The unlock key as a manager knows it now; nothing where none can tell. */
export async function keyOfSwarm(managers: readonly ManagerRef[], run: InRun): Promise<string | undefined> {
  for (const { connection } of managers) {
    const key = await unlockKey(connect(connection, run), run.signal, KEY_TIMEOUT_MS).catch(() => undefined);
    if (key) return key;
  }
  return undefined;
}

/** The unlock keys that the Pulumi state has of a swarm, the newest first: the last one, then those before a rotation. */
export async function keysOfState(target: Target, clusterId: string): Promise<string[]> {
  return keysInState(await stateResources(target), clusterId);
}

export function keysInState(
  resources: readonly Pick<StateResource, "type" | "outputs">[],
  clusterId: string,
): string[] {
  const swarm = resources.find(
    ({ type, outputs }) => type === "swarm:index:Swarm" && outputs.clusterId === clusterId,
  );
  const { unlockKey: newest, previousUnlockKeys } = swarm?.outputs ?? {};
  return [newest, previousUnlockKeys]
    .flat()
    .filter((key): key is string => typeof key === "string" && key !== "");
}

/** Asks for a key: unseen at a terminal, else the first line of what is piped in. Empty where nothing comes. */
export async function askedKey(): Promise<string> {
  if (!process.stdin.isTTY) return (await text(process.stdin)).split("\n")[0].trim();
  // Without an output nothing of what is typed is echoed. It is there before the prompt invites to type.
  const lines = createInterface({ input: process.stdin, terminal: true });
  process.stderr.write("Unlock key (it is not shown): ");
  try {
    return await new Promise((resolve) => {
      lines.once("line", (line) => resolve(line.trim()));
      lines.once("close", () => resolve(""));
    });
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}
