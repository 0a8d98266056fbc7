import { readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

/** The command lines of all processes of this host, nodes included, while it runs. */
export class CommandLines {
  readonly seen = new Set<string>();
  private readonly timer = setInterval(() => this.look(), 20);

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        this.seen.add(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
      } catch {
        // It has ended.
      }
    }
  }
}

/** The names of the secrets that a text holds, plain or in base64. */
export function secretsIn(text: string, secrets: Record<string, string>): string[] {
  const base64 = (value: string) => Buffer.from(value).toString("base64").replace(/=+$/, "");
  return Object.entries(secrets)
    .filter(([, value]) => text.includes(value) || (value.length > 8 && text.includes(base64(value))))
    .map(([name]) => name);
}

export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return ["node_modules", ".git"].includes(entry.name) ? [] : filesBelow(file);
    return entry.isFile() && statSync(file).size < 20_000_000 ? [file] : [];
  });
}

/** Files of the temporary folder itself that were written since. */
export function temporaryFiles(since: number): string[] {
  return readdirSync(tmpdir(), { withFileTypes: true })
    .map((entry) => path.join(tmpdir(), entry.name))
    .filter((file) => (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= since)
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
}

/** A file's bytes, one character each; nothing where it is another run's and gone by now. */
export function bytesOf(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}

/** What the most talkative log says that is not the CLI's own: its lines of what goes over its wire begin with "{". */
export function linesOfOurs(log: string): string[] {
  return log.split("\n").filter((line) => !line.startsWith("{") && line.trim() !== "");
}
