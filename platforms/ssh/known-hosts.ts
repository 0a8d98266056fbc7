import { execFileSync } from "node:child_process";
import { homedir } from "node:os";
import path from "node:path";
import { fullPath } from "./connection";

/** The key that stands for a host in a known_hosts file, as a public key line; ssh-keygen reads hashed names as well. */
export function knownHostKey(knownHosts: boolean | string, host: string, port = 22): string | undefined {
  const file =
    typeof knownHosts === "string" ? fullPath(knownHosts) : path.join(homedir(), ".ssh", "known_hosts");
  const name = port === 22 ? host : `[${host}]:${port}`;
  const lines = find(name, file).filter((line) => line && !line.startsWith("#") && !line.startsWith("@"));
  const keys = lines.map((line) => line.split(/\s+/).slice(1, 3).join(" "));
  return (
    PREFERRED.map((type) => keys.find((key) => key.startsWith(`${type} `))).find((key) => key) ?? keys[0]
  );
}

const PREFERRED = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"];

function find(name: string, file: string): string[] {
  try {
    return execFileSync("ssh-keygen", ["-F", name, "-f", file], { stdio: ["ignore", "pipe", "pipe"] })
      .toString()
      .split("\n");
  } catch (error) {
    // Exit code 1: it is not in there, or there is no such file.
    if ((error as { status?: number }).status) return [];
    throw new Error(`ssh-keygen, which reads ${file}, could not be started: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
