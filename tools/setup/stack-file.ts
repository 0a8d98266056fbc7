import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { stateBackend } from "./state";

/**
 * Keeps Pulumi.<stack>.yaml as its author wrote it. With a passphrase, the CLI writes an `encryptionsalt` into that file
 * and lays it out anew; but the salt belongs to one passphrase, so the file would work in no other clone. The state has
 * the salt too, and the CLI takes it from there (PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER). With the user's own backend
 * the file is left to the CLI.
 * @returns to be called when the CLI has ended.
 */
export function keepStackFile(project: string, stack: string, env: NodeJS.ProcessEnv): () => void {
  if (stateBackend(project, env).kind === "login") return () => undefined;
  const file = path.join(project, `Pulumi.${stack}.yaml`);
  const found = read(file);
  // An earlier run that was killed, or `pulumi` typed by hand, may have left the salt.
  const before = found && withoutSalt(found);
  if (found !== undefined && before !== found) writeFileSync(file, before as string);
  return () => {
    const after = read(file);
    if (after === undefined) return;
    const kept = asBefore(before, after);
    if (kept === undefined) rmSync(file);
    else if (kept !== after) writeFileSync(file, kept);
  };
}

/** The settings without the salt; unchanged where a value in the file is encrypted, as it then needs the salt. */
export function withoutSalt(settings: string): string {
  if (/^\s*-?\s*["']?secure["']?:/m.test(settings)) return settings;
  return settings.replace(/^encryptionsalt:.*(?:\r?\n|$)/m, "");
}

/** What should stand in the file now: the old text when the settings are the same, undefined for no file. */
export function asBefore(before: string | undefined, after: string): string | undefined {
  const text = withoutSalt(after);
  if (before !== undefined) return sameSettings(before, text) ? before : text;
  return sameSettings("", text) ? undefined : text;
}

/** The CLI quotes numbers and booleans when it writes them. */
function sameSettings(a: string, b: string): boolean {
  const asText = (_key: string, value: unknown): unknown =>
    typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  const [left, right] = [a, b].map((text) => JSON.stringify(parse(text) ?? {}, asText));
  return left === right;
}

function read(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
