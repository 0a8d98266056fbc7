import { isIP } from "node:net";
import { parseDuration } from "../../validation/duration";
import { unknownKeys } from "../../validation/keys";
import { checkHostname, checkLabels } from "../../validation/node";
import { show, type Problem } from "../../validation/problem";
import type { ClusterRequest } from "../platform";
import type { SshBastionArgs, SshHostArgs, SshPlatformArgs } from "./args";
import { assign } from "./assign";
import { checkLogin, isAddress } from "./validate-login";

const LOGIN_KEYS = ["port", "user", "identityFile", "privateKey", "privateKeyPassword", "password", "agent"];
const BASTION_KEYS = ["address", "hostKey", ...LOGIN_KEYS];
const HOST_KEYS = ["name", "privateAddress", "sudo", "bastion", "labels", ...BASTION_KEYS];
const SOURCES = ["distribution", "docker", "present"];

/** Everything about the hosts that can be known to be wrong without connecting to any. */
export function checkSshPlatform(args: SshPlatformArgs, request: ClusterRequest): Problem[] {
  const others = args.hosts.flatMap((host, index) => (isHost(host) ? [] : [notAHost(index, host)]));
  if (others.length > 0) return others;
  const problems = args.hosts.flatMap((host, index) => checkHost(`hosts[${index}]`, host, args));
  return [
    ...problems.filter(differs),
    ...checkUnique(args.hosts, "name", ({ name }) => name),
    ...checkUnique(args.hosts, "address", ({ address, port }) => `${address}:${port ?? 22}`),
    ...checkUnique(args.hosts, "privateAddress", ({ address, privateAddress }) => privateAddress ?? address),
    ...checkEnough(args, request),
    ...checkSettings(args),
  ];
}

/** A known_hosts file that cannot be read is found at every host. */
function differs({ where, text }: Problem, index: number, all: readonly Problem[]): boolean {
  return all.findIndex((other) => other.where === where && other.text === text) === index;
}

export function isHost(value: unknown): value is SshHostArgs {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function notAHost(index: number, value: unknown): Problem {
  return {
    where: `hosts[${index}]`,
    text: `${show(value)} is no host. Write it like { name: "alpha", address: "192.0.2.11" }.`,
  };
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
  if (isAddress(host.address) && isIP(String(address)) === 0) {
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
