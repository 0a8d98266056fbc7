import { existsSync } from "node:fs";
import { isIP } from "node:net";
import { parseDuration } from "../../validation/duration";
import { unknownKeys } from "../../validation/keys";
import { checkHostname, checkLabels } from "../../validation/node";
import { show, type Problem } from "../../validation/problem";
import type { ClusterRequest } from "../platform";
import type { SshBastionArgs, SshHostArgs, SshPlatformArgs } from "./args";
import { assign } from "./assign";
import { fullPath, hasCredentials } from "./connection";
import { knownHostKey } from "./known-hosts";

const LOGIN_KEYS = ["port", "user", "identityFile", "privateKey", "privateKeyPassword", "password", "agent"];
const BASTION_KEYS = ["address", "hostKey", ...LOGIN_KEYS];
const HOST_KEYS = ["name", "privateAddress", "sudo", "bastion", "labels", ...BASTION_KEYS];
const SOURCES = ["distribution", "docker", "present"];

/** Everything about the hosts that can be known to be wrong without connecting to any. */
export function checkSshPlatform(args: SshPlatformArgs, request: ClusterRequest): Problem[] {
  return [
    ...args.hosts.flatMap((host, index) => checkHost(`hosts[${index}]`, host, args)),
    ...checkUnique(args.hosts, "name", ({ name }) => name),
    ...checkUnique(args.hosts, "address", ({ address, port }) => `${address}:${port ?? 22}`),
    ...checkUnique(args.hosts, "privateAddress", ({ address, privateAddress }) => privateAddress ?? address),
    ...checkEnough(args, request),
    ...checkSettings(args),
  ];
}

function checkHost(where: string, host: SshHostArgs, args: SshPlatformArgs): Problem[] {
  const problems = [
    ...unknownKeys(where, host, HOST_KEYS),
    ...checkHostname(`${where}.name`, host.name),
    ...checkLabels(`${where}.labels`, host.labels ?? {}),
    ...checkLogin(where, host, args),
    ...(host.bastion ? checkBastion(`${where}.bastion`, host.bastion, args) : []),
  ];
  const address = host.privateAddress ?? host.address;
  if (host.address && isIP(String(address)) === 0) {
    problems.push({
      where: `${where}.privateAddress`,
      text: `the other nodes cannot be told ${show(address)}: a swarm wants an IP address. Give it as privateAddress.`,
    });
  }
  if (host.sudo && (host.user ?? "root") === "root") {
    problems.push({
      where: `${where}.sudo`,
      text: "is set, and the user is root, who needs none. Give another `user`, or leave `sudo` out.",
    });
  }
  return problems;
}

function checkBastion(where: string, bastion: SshBastionArgs, args: SshPlatformArgs): Problem[] {
  return [...unknownKeys(where, bastion, BASTION_KEYS), ...checkLogin(where, bastion, args)];
}

function checkLogin(where: string, login: SshHostArgs | SshBastionArgs, args: SshPlatformArgs): Problem[] {
  const { address, port, identityFile } = login;
  const problems: Problem[] = [];
  if (typeof address !== "string" || !/^[A-Za-z0-9._:-]+$/.test(address)) {
    problems.push({
      where: `${where}.address`,
      text: `${show(address)} is no host name or IP address to connect to.`,
    });
    return problems;
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
  if (hostKey !== undefined || args.trustOnFirstUse) return [];
  if (args.knownHosts && knownHostKey(args.knownHosts, address, port)) return [];
  const looked = args.knownHosts ? `, and ${show(args.knownHosts)} has none for it` : "";
  return [
    {
      where: `${where}.hostKey`,
      text:
        `no host key is given${looked}. On that machine: cat /etc/ssh/ssh_host_ed25519_key.pub. ` +
        "Or set `knownHosts`, or `trustOnFirstUse` to pin what it presents first.",
    },
  ];
}

function checkUnique(
  hosts: readonly SshHostArgs[],
  field: "name" | "address" | "privateAddress",
  valueOf: (host: SshHostArgs) => string,
): Problem[] {
  const first = new Map<string, number>();
  return hosts.flatMap((host, index) => {
    const value = valueOf(host);
    const before = first.get(value);
    first.set(value, before ?? index);
    // The address that others see is the one to connect to unless it is given; one problem is enough for both.
    if (before === undefined || (field === "privateAddress" && host.privateAddress === undefined)) return [];
    return [
      {
        where: `hosts[${index}].${field}`,
        text: `${show(value)} is that of hosts[${before}] already. Each host is one machine.`,
      },
    ];
  });
}

function checkEnough({ hosts }: SshPlatformArgs, { nodes }: ClusterRequest): Problem[] {
  const missing = nodes.length - assign(nodes, hosts).size;
  if (missing <= 0) return [];
  return [
    {
      where: "hosts",
      text: `the cluster has ${nodes.length} nodes, and there are ${hosts.length} hosts. Add ${missing}, or ask for fewer nodes.`,
    },
  ];
}

function checkSettings({ engine, time, maxOffset }: SshPlatformArgs): Problem[] {
  const problems: Problem[] = [];
  if (engine?.source !== undefined && !SOURCES.includes(engine.source))
    problems.push({
      where: "engine.source",
      text: `${show(engine.source)} is no source of an engine. Use ${SOURCES.join(", ")}.`,
    });
  for (const name of ["version", "minVersion"] as const) {
    const version = engine?.[name];
    if (version !== undefined && !/^\d+(\.\d+)*/.test(String(version)))
      problems.push({
        where: `engine.${name}`,
        text: `${show(version)} is not a version. Write it like "26.1".`,
      });
  }
  if (engine?.daemon?.["live-restore"])
    problems.push({
      where: "engine.daemon.live-restore",
      text: "is true, with which an engine refuses swarm mode. Set it to false, or leave it out.",
    });
  if (time?.servers?.some((server) => !/^[A-Za-z0-9.:-]+$/.test(server)))
    problems.push({
      where: "time.servers",
      text: `${show(time.servers)} are not host names or addresses of NTP servers.`,
    });
  if (maxOffset !== undefined && parseDuration(maxOffset) === undefined)
    problems.push({
      where: "maxOffset",
      text: `${show(maxOffset)} is not a duration. Write it like "250ms".`,
    });
  return problems;
}
