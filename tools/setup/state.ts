import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { pulumiHome } from "./paths";
import type { Step } from "./step";

/** Where Pulumi keeps the state: at the user's own backend, or below the project. */
export type StateBackend =
  { kind: "login"; from: string } | { kind: "project"; url: string; folder: string; passphraseFile: string };

export function stateBackend(project: string, env: NodeJS.ProcessEnv): StateBackend {
  const folder = path.join(project, ".pulumi-state");
  const url = fileBackendUrl(folder);
  // Our own URL comes back to us where the user typed the line that `npm run setup` prints.
  if (env.PULUMI_BACKEND_URL && env.PULUMI_BACKEND_URL !== url)
    return { kind: "login", from: "PULUMI_BACKEND_URL" };
  if (env.PULUMI_ACCESS_TOKEN && !env.PULUMI_BACKEND_URL)
    return { kind: "login", from: "PULUMI_ACCESS_TOKEN" };
  const current = env.PULUMI_BACKEND_URL ? undefined : currentLogin(env);
  if (current) return { kind: "login", from: `pulumi login (${withoutPassword(current)})` };
  return { kind: "project", url, folder, passphraseFile: path.join(folder, "passphrase") };
}

/**
 * A folder as Pulumi's backend. Without its files of attributes: they are written in place, and a CLI that is killed
 * meanwhile leaves an empty one, with which the whole state counts as unreadable ("failed to load checkpoint: EOF").
 * The state itself is written aside and renamed.
 * Source: https://pkg.go.dev/gocloud.dev/blob/fileblob (URL parameter `metadata`).
 */
export function fileBackendUrl(folder: string): string {
  return `${pathToFileURL(folder).href}?metadata=skip`;
}

export function stateStep(project: string, env: NodeJS.ProcessEnv): Step {
  const backend = stateBackend(project, env);
  return {
    name: "State",
    remedy: "make the project's folder writable, or use your own backend with `pulumi login`, and repeat.",
    async check() {
      if (backend.kind === "login") return `your own backend, from ${backend.from}`;
      return existsSync(backend.passphraseFile) ? path.relative(project, backend.folder) : undefined;
    },
    async make() {
      if (backend.kind === "login") throw new Error("a login has nothing to make");
      makeStateFolder(backend.folder, backend.passphraseFile);
      return `made ${path.relative(project, backend.folder)}, with a new passphrase in it`;
    },
  };
}

/** Readable by the owner only: the state names every machine, the passphrase opens its secrets. */
function makeStateFolder(folder: string, passphraseFile: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  // "wx": of two setups at the same time one makes the passphrase, and the other must not replace it.
  try {
    writeFileSync(passphraseFile, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function currentLogin(env: NodeJS.ProcessEnv): string | undefined {
  try {
    const file = path.join(pulumiHome(env), "credentials.json");
    const { current } = JSON.parse(readFileSync(file, "utf8")) as { current?: string };
    return current || undefined;
  } catch {
    // No file: nobody ever logged in.
    return undefined;
  }
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^/@]*@/, "//");
}
