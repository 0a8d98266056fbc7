import { createHash } from "node:crypto";
import { utils, type ServerHostKeyAlgorithm } from "ssh2";

/** What `hostKey` of a connection pins: the key itself, or only its fingerprint. */
export interface PinnedHostKey {
  /** As `ssh-keygen -l` prints it: `SHA256:…` without padding. */
  fingerprint: string;
  /** The signature algorithms to offer, so that the machine presents the pinned key and not one of another type. */
  algorithms: ServerHostKeyAlgorithm[];
}

/** Without SHA-1 (`ssh-rsa` as a signature); the key type of the same name signs with SHA-2 since OpenSSH 7.2. */
const ALGORITHMS: Record<string, ServerHostKeyAlgorithm[]> = {
  "ssh-ed25519": ["ssh-ed25519"],
  "ecdsa-sha2-nistp256": ["ecdsa-sha2-nistp256"],
  "ecdsa-sha2-nistp384": ["ecdsa-sha2-nistp384"],
  "ecdsa-sha2-nistp521": ["ecdsa-sha2-nistp521"],
  "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256"],
};

/** The signature algorithms for every type of host key that is taken, best first. */
export const KEY_TYPES: ServerHostKeyAlgorithm[] = Object.values(ALGORITHMS).flat();

/**
 * Reads a pinned host key: `ssh-ed25519 AAAA… comment` or `SHA256:…`.
 * Answers the complaint as a string where it is neither; the value is never repeated, it may be a misplaced secret.
 */
export function parseHostKey(hostKey: unknown): PinnedHostKey | string {
  if (typeof hostKey !== "string" || hostKey.trim() === "")
    return "no host key is given, and it is never taken on trust";
  const words = hostKey.trim().split(/\s+/);
  if (/^SHA256:[A-Za-z0-9+/]{43}=?$/.test(words[0]) && words.length === 1)
    return { fingerprint: words[0].replace(/=$/, ""), algorithms: KEY_TYPES };
  const algorithms = Object.hasOwn(ALGORITHMS, words[0]) ? ALGORITHMS[words[0]] : undefined;
  if (!algorithms || words.length < 2)
    return `the given host key is neither a public key line (${Object.keys(ALGORITHMS).join(", ")}) nor a SHA256: fingerprint`;
  const key = utils.parseKey(`${words[0]} ${words[1]}`);
  if (key instanceof Error) return `the given ${words[0]} host key is damaged or cut off`;
  return { fingerprint: fingerprintOf(key.getPublicSSH()), algorithms };
}

/** The fingerprint of a key in its wire form, as OpenSSH prints it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/** The type that stands at the start of a key in its wire form. */
export function typeOf(key: Buffer): string {
  return key.subarray(4, 4 + key.readUInt32BE(0)).toString("latin1");
}
