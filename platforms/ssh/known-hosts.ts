import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { fullPath } from "./connection-to";

/** What a known_hosts file says of a host, keys as public key lines. */
export interface KnownKeys {
  /** The one that stands for the host. */
  key?: string;
  /** `@revoked`: never to be taken, whoever presents them. */
  revoked: string[];
}

/**
 * Looks a host up in a known_hosts file; ssh-keygen reads hashed names as well.
 * @throws Error where the file cannot be read, or where every key that it has for the host is revoked: only a host that
 * is not in it may be taken for unknown.
 */
export function knownHostKeys(knownHosts: boolean | string, host: string, port = 22): KnownKeys {
  const file =
    typeof knownHosts === "string" ? fullPath(knownHosts) : path.join(homedir(), ".ssh", "known_hosts");
  // Who never used SSH has none; a file that was named and is not there is a mistake.
  if (knownHosts === true && !existsSync(file)) return { revoked: [] };
  const name = port === 22 ? host : `[${host}]:${port}`;
  const lines = find(name, file).filter((line) => line && !line.startsWith("#"));
  const revoked = lines.filter((line) => line.startsWith("@revoked ")).map((line) => keyOf(line, 2));
  const given = lines.filter((line) => !line.startsWith("@")).map((line) => keyOf(line, 1));
  const keys = given.filter((key) => !revoked.includes(key));
  if (given.length > 0 && keys.length === 0) {
    throw new Error(
      `${file} revokes every key that it has for ${name}. Somebody else may have it: give the machine a new one, and write that down as hostKey.`,
    );
  }
  const preferred = PREFERRED.map((type) => keys.find((key) => key.startsWith(`${type} `)));
  return { key: preferred.find((key) => key) ?? keys[0], revoked };
}

/** Whether a given host key, a public key line or a fingerprint, is one of these keys. */
export function isRevoked(hostKey: string, revoked: readonly string[]): boolean {
  const given = hostKey.trim();
  return revoked.some((key) =>
    given.startsWith("SHA256:") ? given.replace(/=$/, "") === fingerprintOf(key) : keyOf(given, 0) === key,
  );
}

const PREFERRED = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"];

/** @param before - how many words stand before the key's type. */
function keyOf(line: string, before: number): string {
  return line
    .split(/\s+/)
    .slice(before, before + 2)
    .join(" ");
}

function fingerprintOf(key: string): string {
  const wire = Buffer.from(key.split(" ")[1] ?? "", "base64");
  return `SHA256:${createHash("sha256").update(wire).digest("base64").replace(/=+$/, "")}`;
}

function find(name: string, file: string): string[] {
  // ssh-keygen finds nothing in a folder, without a word.
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`${file} is a folder.`);
  try {
    return execFileSync("ssh-keygen", ["-F", name, "-f", file], { stdio: ["ignore", "pipe", "pipe"] })
      .toString()
      .split("\n");
  } catch (error) {
    const { status, stderr } = error as { status?: number | null; stderr?: Buffer };
    const said = stderr?.toString().trim() ?? "";
    // Its way to say that the host is not in there.
    if (status === 1 && said === "") return [];
    const why =
      typeof status === "number" ? `says: ${said}` : `could not be run: ${(error as Error).message}`;
    throw new Error(`ssh-keygen, which reads the known hosts of ${file}, ${why}`, { cause: error });
  }
}
