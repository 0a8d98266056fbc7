import { existsSync } from "node:fs";
import { isLater } from "../../resources/later";
import { show, type Problem } from "../../validation/problem";
import { checkAddress, checkHostKey, checkPort, isAddress } from "../../validation/ssh";
import { judge, together, type OnceKnown } from "../judge";
import type { SshBastionArgs, SshHostArgs, SshPlatformArgs } from "./args";
import { fullPath, hasCredentials } from "./connection-to";
import { isRevoked, knownHostKeys } from "./known-hosts";

/** What is wrong with how one SSH server is to be logged in to. */
export function checkLogin(
  where: string,
  login: SshHostArgs | SshBastionArgs,
  args: SshPlatformArgs,
  onceKnown: OnceKnown,
): Problem[] {
  const { address, port, identityFile } = login;
  const problems = judge(address, onceKnown, (known) => checkAddress(`${where}.address`, known));
  if (problems.length > 0) return problems;
  problems.push(...judge(port, onceKnown, (known) => checkPort(`${where}.port`, known)));
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
  problems.push(...checkKey(where, login, args, onceKnown));
  return problems;
}

function usesOwnAgent(login: SshHostArgs | SshBastionArgs): boolean {
  return login.agent === true || (login.agent === undefined && !hasCredentials(login));
}

function checkKey(
  where: string,
  login: SshHostArgs | SshBastionArgs,
  args: SshPlatformArgs,
  onceKnown: OnceKnown,
): Problem[] {
  const { address, port, hostKey } = login;
  if (hostKey === undefined && !args.trustOnFirstUse && isLater(address))
    return [withoutKey(where, args, address)];
  return judge(
    together<[string, number | undefined, string | undefined]>(address, port, hostKey),
    onceKnown,
    (known) => checkKnownKey(where, known, args),
  );
}

function checkKnownKey(
  where: string,
  [address, port, hostKey]: [string, number | undefined, string | undefined],
  args: SshPlatformArgs,
): Problem[] {
  const wrong = checkHostKey(`${where}.hostKey`, hostKey);
  // What is no address has been reported.
  if (wrong.length > 0 || !isAddress(address)) return wrong;
  let known: ReturnType<typeof knownHostKeys> = { revoked: [] };
  try {
    if (args.knownHosts) known = knownHostKeys(args.knownHosts, address, port);
  } catch (error) {
    return [{ where: "knownHosts", text: (error as Error).message }];
  }
  if (hostKey !== undefined && isRevoked(hostKey, known.revoked))
    return [
      {
        where: `${where}.hostKey`,
        text: `is revoked by ${show(args.knownHosts)}. Somebody else may have it: give the machine a new one.`,
      },
    ];
  if (hostKey !== undefined || args.trustOnFirstUse || known.key) return [];
  return [withoutKey(where, args, address)];
}

function withoutKey(where: string, { knownHosts }: SshPlatformArgs, address: unknown): Problem {
  if (isLater(address))
    return {
      where: `${where}.hostKey`,
      text:
        "no host key is given, and known hosts cannot be asked for an address that is an output. Give the key that the " +
        "machine was made with, or set `trustOnFirstUse` to pin what it presents first.",
    };
  const looked = knownHosts
    ? `, and ${knownHosts === true ? "~/.ssh/known_hosts" : show(knownHosts)} has none for it`
    : "";
  return {
    where: `${where}.hostKey`,
    text:
      `no host key is given${looked}. On that machine: cat /etc/ssh/ssh_host_ed25519_key.pub. ` +
      "Or set `knownHosts`, or `trustOnFirstUse` to pin what it presents first.",
  };
}
