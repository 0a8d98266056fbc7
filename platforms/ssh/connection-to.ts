import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import * as pulumi from "../../resources/pulumi";
import { OWN_AGENT, type SshConnection, type SshEndpoint } from "../../schema/connection";
import type { SshBastionArgs, SshHostArgs, SshLoginArgs } from "./args";

type Inputs<T> = { [K in keyof T]: pulumi.Input<T[K]> };

/** How a host is reached: in the shape of `@pulumi/command`'s connection, its credentials secret. */
export function connectionTo(
  host: SshHostArgs,
  hostKey: pulumi.Input<string>,
  proxy: pulumi.Output<SshEndpoint> | undefined,
): pulumi.Output<SshConnection> {
  return pulumi.output({
    ...endpoint(host, hostKey),
    ...(proxy ? { proxy } : {}),
    ...(host.sudo ? { sudo: true } : {}),
  }) as pulumi.Output<SshConnection>;
}

/**
 * The host as docker's own CLI logs in to it, by `ssh` and the user's configuration of it. That CLI knows no sudo: a user
 * who has to become root needs the proxy.
 */
export function dockerHostOverSsh({
  address,
  port,
  user,
  sudo,
}: SshHostArgs): pulumi.Output<string> | undefined {
  if (sudo) return undefined;
  return pulumi.all([address, port, user]).apply(([at, number, login]) => {
    const host = at.includes(":") ? `[${at}]` : at;
    return `ssh://${encodeURIComponent(login ?? "root")}@${host}${number === undefined ? "" : `:${number}`}`;
  });
}

/** How a bastion is reached. */
export function endpoint(
  login: SshHostArgs | SshBastionArgs,
  hostKey: pulumi.Input<string>,
): Inputs<SshEndpoint> {
  const { address, port, user, privateKey, privateKeyPassword, password } = login;
  const key =
    login.identityFile === undefined ? privateKey : readFileSync(fullPath(login.identityFile), "utf8");
  const fields: Record<string, pulumi.Input<string | number> | undefined> = {
    host: address,
    port,
    user,
    hostKey,
    privateKey: key && pulumi.secret(key),
    privateKeyPassword: privateKeyPassword && pulumi.secret(privateKeyPassword),
    password: password && pulumi.secret(password),
    agentSocketPath: agentOf(login),
  };
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as unknown as Inputs<SshEndpoint>;
}

/** Whether a login names credentials of its own. */
export function hasCredentials({ identityFile, privateKey, password }: SshLoginArgs): boolean {
  return [identityFile, privateKey, password].some((value) => value !== undefined);
}

/** A path as a shell would take it. */
export function fullPath(file: string): string {
  return path.resolve(file.replace(/^~(?=\/|$)/, homedir()));
}

function agentOf(login: SshLoginArgs): string | undefined {
  if (typeof login.agent === "string") return login.agent;
  return (login.agent ?? !hasCredentials(login)) ? OWN_AGENT : undefined;
}
