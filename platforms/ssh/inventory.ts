import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { parse as parseConfig } from "ssh-config";
import { parse } from "yaml";
import type { SshHostArgs, SshPlatformArgs } from "./args";
import { fullPath } from "./connection-to";

/** What a YAML inventory may hold: hosts, and what they have in common. */
export type Inventory = Pick<SshPlatformArgs, "hosts" | "defaults">;

/**
 * Hosts from a YAML file of this form, with the names of {@link SshHostArgs}:
 *
 *     defaults: { user: admin, sudo: true }
 *     hosts:
 *       - { name: alpha, address: 192.0.2.11, hostKey: "ssh-ed25519 AAAA…" }
 *
 * @throws Error naming the file where it cannot be read or is no such thing
 */
export function readInventory(file: string): Inventory {
  const text = textOf(file);
  let found: unknown;
  try {
    found = parse(text);
  } catch (error) {
    throw new Error(`The inventory ${file} is not YAML: ${(error as Error).message}`, { cause: error });
  }
  const { hosts, defaults, ...others } = (found ?? {}) as Partial<Inventory> & Record<string, unknown>;
  if (!Array.isArray(hosts) || Object.keys(others).length > 0)
    throw new Error(
      `The inventory ${file} holds ${Object.keys((found ?? {}) as object).join(", ") || "nothing"}. ` +
        "It has a list `hosts`, each with name and address, and may have `defaults`.",
    );
  return { hosts: hosts as SshHostArgs[], defaults };
}

/**
 * Hosts from the Host entries of an OpenSSH client configuration: HostName, Port, User, IdentityFile, IdentityAgent and
 * ProxyJump are taken. What `Host *` says counts for all, as it does for ssh itself.
 * @param names - the entries to take, in this order. Default: every entry without a wildcard
 */
export function readSshConfig(
  file = path.join(homedir(), ".ssh", "config"),
  names?: readonly string[],
): SshHostArgs[] {
  const config = parseConfig(textOf(file));
  const all = config.flatMap((line) =>
    "param" in line && line.param === "Host"
      ? [line.value].flat().map((value) => (typeof value === "string" ? value : value.val))
      : [],
  );
  const compute = (name: string) => config.compute(name) as Record<string, string | string[] | undefined>;
  const wanted = names ?? all.filter((name) => !/[*?!]/.test(name));
  return wanted.map((name) => {
    if (!all.some((pattern) => pattern !== "*" && standsFor(pattern, name)))
      throw new Error(`${file} has no entry "Host ${name}". It has ${all.join(", ") || "none"}.`);
    const { ProxyJump: jump } = compute(name);
    const bastion = typeof jump === "string" && jump !== "none" ? bastionOf(jump, compute) : undefined;
    return { name, ...loginOf(name, compute(name)), ...(bastion ? { bastion } : {}) };
  });
}

function loginOf(name: string, entry: Record<string, string | string[] | undefined>) {
  const one = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);
  const [user, identityFile, agent] = [one(entry.User), one(entry.IdentityFile), one(entry.IdentityAgent)];
  return {
    address: one(entry.HostName)?.replaceAll("%h", name) ?? name,
    ...(entry.Port ? { port: Number(one(entry.Port)) } : {}),
    ...(user ? { user } : {}),
    ...(identityFile ? { identityFile } : {}),
    ...(agent ? { agent } : {}),
  };
}

/** As in ssh_config(5): `*` is any number of characters, `?` is one. */
function standsFor(pattern: string, name: string): boolean {
  const parts = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${parts}$`).test(name);
}

/** ProxyJump is `[user@]host[:port]` or a URI of them, and the host may be an entry of its own. */
function bastionOf(jump: string, compute: (name: string) => Record<string, string | string[] | undefined>) {
  if (jump.includes(","))
    throw new Error(
      `ProxyJump ${jump} goes through several machines; one is supported. Give the last one as bastion.`,
    );
  const parts = /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(jump);
  if (!parts) throw new Error(`ProxyJump ${jump} is not [user@]host[:port], an IPv6 address in brackets.`);
  const [, user, ipv6, name, port] = parts;
  const host = ipv6 ?? name;
  return {
    ...loginOf(host, compute(host)),
    ...(user ? { user } : {}),
    ...(port ? { port: Number(port) } : {}),
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(fullPath(file), "utf8");
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
