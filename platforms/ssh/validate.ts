import { parseDuration } from "../../validation/duration";
import { keysOf } from "../../schema/package-schema";
import { unknownKeys } from "../../validation/unknown-keys";
import { checkHostname, checkLabels, isMapping } from "../../validation/node";
import { isLater } from "../../resources/later";
import { show, type Problem } from "../../validation/problem";
import { checkNodeAddress, isAddress } from "../../validation/ssh";
import { judge, type OnceKnown } from "../judge";
import type { ClusterRequest } from "../platform";
import type { SshBastionArgs, SshHostArgs, SshMachine, SshPlatformArgs } from "./args";
import { assign } from "./assign";
import { checkBastions } from "./bastions";
import { checkLogin } from "./validate-login";
import { checkSshMachines } from "./validate-machine";
import { checkSshVolumes } from "./validate-volumes";
import { checkUniqueHosts } from "./validate-unique";

const SOURCES = ["distribution", "docker", "present"];

/** Everything about the hosts that can be known to be wrong without connecting to any. */
export function checkSshPlatform(
  args: SshPlatformArgs,
  request: ClusterRequest<SshMachine>,
  onceKnown: OnceKnown,
): Problem[] {
  const others = args.hosts.flatMap((host, index) => (isHost(host) ? [] : [notAHost(index, host)]));
  if (others.length > 0) return others;
  const problems = args.hosts.flatMap((host, index) => checkHost(`hosts[${index}]`, host, args, onceKnown));
  return [
    ...problems.filter(differs),
    ...checkUniqueHosts(args.hosts, onceKnown),
    ...checkBastions(args),
    ...checkSshMachines(request.machines ?? [], args.hosts),
    ...(request.volumes ?? []).flatMap(checkSshVolumes),
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

function checkHost(where: string, host: SshHostArgs, args: SshPlatformArgs, onceKnown: OnceKnown): Problem[] {
  const { address, privateAddress, user, sudo, bastion } = host;
  return [
    ...unknownKeys(where, host, keysOf("SshHostArgs")),
    ...checkHostname(`${where}.name`, host.name),
    ...judgeLabels(`${where}.labels`, host.labels ?? {}, onceKnown),
    ...checkLogin(where, host, args, onceKnown),
    ...(bastion ? checkBastion(`${where}.bastion`, bastion, args, onceKnown) : []),
    ...judge(privateAddress ?? address, onceKnown, (known) =>
      isLater(address) || isAddress(address) ? checkNodeAddress(`${where}.privateAddress`, known) : [],
    ),
    ...(sudo ? judge(user, onceKnown, (known) => checkSudo(where, known)) : []),
  ];
}

function checkSudo(where: string, user = "root"): Problem[] {
  if (user !== "root") return [];
  return [
    {
      where: `${where}.sudo`,
      text: "is set, and the user is root, who needs none. Give another `user`, or leave `sudo` out.",
    },
  ];
}

function checkBastion(
  where: string,
  bastion: SshBastionArgs,
  args: SshPlatformArgs,
  onceKnown: OnceKnown,
): Problem[] {
  return [
    ...unknownKeys(where, bastion, keysOf("SshBastionArgs")),
    ...checkLogin(where, bastion, args, onceKnown),
  ];
}

/** A key is judged at once, its text as soon as it is known. */
function judgeLabels(
  where: string,
  labels: NonNullable<SshHostArgs["labels"]>,
  onceKnown: OnceKnown,
): Problem[] {
  if (!isMapping(labels)) return checkLabels(where, labels);
  return Object.entries(labels).flatMap(([key, value]) => {
    const found = checkLabels(where, { [key]: isLater(value) ? "" : value });
    if (!isLater(value) || found.length > 0) return found;
    return judge(value, onceKnown, (known) => checkLabels(where, { [key]: known }));
  });
}

function checkEnough({ hosts }: SshPlatformArgs, { nodes }: ClusterRequest<SshMachine>): Problem[] {
  const missing = nodes.length - assign(nodes, hosts).size;
  if (missing <= 0) return [];
  return [
    {
      where: "hosts",
      text: `the cluster has ${nodes.length} nodes, and there are ${hosts.length} hosts. Add ${missing}, or ask for fewer nodes.`,
    },
  ];
}

function checkSettings({ engine, time, maxOffset, bootTimeout }: SshPlatformArgs): Problem[] {
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
  for (const [where, value] of Object.entries({ maxOffset, bootTimeout }))
    if (value !== undefined && parseDuration(value) === undefined)
      problems.push({ where, text: `${show(value)} is not a duration. Write it like "250ms" or "5m".` });
  return problems;
}
