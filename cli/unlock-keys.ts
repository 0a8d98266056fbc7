import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import type { ManagerRef } from "../contract/connection";
import { connect } from "../engine/connect";
import { unlockKey } from "../engine/swarm";
import { projectRoot } from "../tools/setup/paths";
import { askSecrets } from "../tools/setup/pulumi-run";

/** Without a leader the engine takes 20 s to say so; the state knows the key as well. */
const KEY_TIMEOUT_MS = 5_000;

/** The unlock key as a manager knows it now; nothing where none can tell. */
export async function keyOfSwarm(
  managers: readonly ManagerRef[],
  signal: AbortSignal,
): Promise<string | undefined> {
  for (const { connection } of managers) {
    const key = await unlockKey(connect(connection), signal, KEY_TIMEOUT_MS).catch(() => undefined);
    if (key) return key;
  }
  return undefined;
}

/** A secret in `pulumi stack export --show-secrets`: its value as JSON, in clear text. */
interface Shown {
  plaintext?: string;
}

interface Exported {
  deployment?: { resources?: { type: string; outputs?: Record<string, unknown> }[] };
}

/** The unlock keys that the Pulumi state has of a swarm, the newest first: the last one, then those before a rotation. */
export function keysInState(exported: unknown, clusterId: string): string[] {
  const { resources = [] } = (exported as Exported).deployment ?? {};
  const swarm = resources.find(
    ({ type, outputs }) => type === "swarm:index:Swarm" && outputs?.clusterId === clusterId,
  );
  const { unlockKey: newest, previousUnlockKeys } = swarm?.outputs ?? {};
  return [shown(newest), shown(previousUnlockKeys)]
    .flat()
    .map(shown)
    .filter((key): key is string => typeof key === "string" && key !== "");
}

function shown(value: unknown): unknown {
  const { plaintext } = (value ?? {}) as Shown;
  return typeof plaintext === "string" ? JSON.parse(plaintext) : value;
}

export async function keysOfState(
  stack: string,
  clusterId: string,
  env: NodeJS.ProcessEnv,
): Promise<string[]> {
  const asked = askSecrets(["stack", "export", "--stack", stack], { cwd: projectRoot, env });
  const exported = await asked.catch((error: Error) => {
    throw new Error(`The state of stack ${stack} could not be read: ${error.message}`);
  });
  return keysInState(exported, clusterId);
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
