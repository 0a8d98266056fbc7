import { existsSync } from "node:fs";
import { show, type Problem } from "../../validation/problem";
import type { SshBastionArgs, SshHostArgs, SshPlatformArgs } from "./args";
import { fullPath, hasCredentials } from "./connection";
import { isRevoked, knownHostKeys, type KnownKeys } from "./known-hosts";

const HOST_KEY =
  /^(SHA256:[A-Za-z0-9+/]{43}=?|(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+=*( .*)?)$/;

/** Whether SSH could connect to it, as far as its form tells. */
export function isAddress(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9._:-]+$/.test(value);
}

/** What is wrong with how one SSH server is to be logged in to. */
export function checkLogin(
  where: string,
  login: SshHostArgs | SshBastionArgs,
  args: SshPlatformArgs,
): Problem[] {
  const { address, port, identityFile } = login;
  const problems: Problem[] = [];
  if (!isAddress(address)) {
    const value = address === undefined ? "is missing" : `${show(address)} is no host name or IP address`;
    return [{ where: `${where}.address`, text: `${value}. Give what SSH shall connect to.` }];
  }
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535))
    problems.push({ where: `${where}.port`, text: `${show(port)} is not a port from 1 to 65535.` });
  if (identityFile !== undefined && !existsSync(fullPath(identityFile)))
    problems.push({
      where: `${where}.identityFile`,
      text: `there is no file ${show(identityFile)}. Give the path of a private key, or leave it out to use the SSH agent.`,
    });
  if (usesOwnAgent(login) && !process.env.SSH_AUTH_SOCK)
    problems.push({
      where,
      text:
        "no credentials are given, and no SSH agent runs (SSH_AUTH_SOCK is not set). " +
        "Give identityFile, privateKey or password, or start an agent: eval $(ssh-agent) && ssh-add",
    });
  problems.push(...checkHostKey(where, login, args));
  return problems;
}

function usesOwnAgent(login: SshHostArgs | SshBastionArgs): boolean {
  return login.agent === true || (login.agent === undefined && !hasCredentials(login));
}

function checkHostKey(where: string, login: SshHostArgs | SshBastionArgs, args: SshPlatformArgs): Problem[] {
  const { address, port, hostKey } = login;
  if (typeof hostKey === "string" && !HOST_KEY.test(hostKey.trim()))
    // Not repeated: it may be a secret in the wrong place.
    return [
      {
        where: `${where}.hostKey`,
        text:
          "is neither a public key line (ssh-ed25519 AAAA…) nor a fingerprint (SHA256:…). " +
          "On that machine: cat /etc/ssh/ssh_host_ed25519_key.pub",
      },
    ];
  let known: KnownKeys = { revoked: [] };
  try {
    if (args.knownHosts) known = knownHostKeys(args.knownHosts, address, port);
  } catch (error) {
    return [{ where: "knownHosts", text: (error as Error).message }];
  }
  if (typeof hostKey === "string" && isRevoked(hostKey, known.revoked))
    return [
      {
        where: `${where}.hostKey`,
        text: `is revoked by ${show(args.knownHosts)}. Somebody else may have it: give the machine a new one.`,
      },
    ];
  if (hostKey !== undefined || args.trustOnFirstUse || known.key) return [];
  const looked = args.knownHosts
    ? `, and ${args.knownHosts === true ? "~/.ssh/known_hosts" : show(args.knownHosts)} has none for it`
    : "";
  return [
    {
      where: `${where}.hostKey`,
      text:
        `no host key is given${looked}. On that machine: cat /etc/ssh/ssh_host_ed25519_key.pub. ` +
        "Or set `knownHosts`, or `trustOnFirstUse` to pin what it presents first.",
    },
  ];
}
