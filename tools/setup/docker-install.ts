import { readFileSync } from "node:fs";
import { command } from "./run-command";
import type { Progress } from "./step";

const APT_SILENCE_MS = 120_000;

/** Why Docker cannot be installed here by us, or undefined when it can. */
export function canInstallDocker(
  osRelease: string = readOsRelease(),
  uid = process.getuid?.(),
): string | undefined {
  if (!isDebianLike(osRelease)) return "only on Debian and Ubuntu can it be installed for you";
  if (uid !== 0) return "only root can install it: `sudo apt-get install docker.io`";
  return undefined;
}

/** The engine of the distribution: no other package source is added to the machine. */
export async function installDocker(progress: Progress): Promise<void> {
  await aptInstall(["docker.io", "iptables"], progress);
}

export async function aptInstall(packages: string[], progress: Progress): Promise<void> {
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    silenceMs: APT_SILENCE_MS,
    onLine: (line: string) => progress(`apt-get: ${line}`),
  };
  await command("apt-get", ["update"], options);
  await command("apt-get", ["install", "--yes", "--no-install-recommends", ...packages], options);
}

export function isDebianLike(osRelease: string = readOsRelease()): boolean {
  const ids = [...osRelease.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].flatMap((match) =>
    match[1].split(" "),
  );
  return ids.includes("debian") || ids.includes("ubuntu");
}

function readOsRelease(): string {
  try {
    return readFileSync("/etc/os-release", "utf8");
  } catch {
    // No Linux, or a very small one: no Debian in any case.
    return "";
  }
}
