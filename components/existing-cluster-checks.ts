import type { ManagerRef } from "../schema/connection";
import type { ExportedCluster } from "../schema/existing-swarm";
import type { OnceKnown } from "../platforms/judge";
import { checkLogin } from "../platforms/ssh/validate-login";
import type { SshHostArgs, SshPlatformArgs } from "../platforms/ssh/args";
import { unknownKeys } from "../validation/unknown-keys";
import { show, type Problem } from "../validation/problem";
import type { ExistingManagerArgs, GivenClusterArgs, ManagerLoginArgs } from "./existing-cluster-args";
import { hostOf, isContainerManager, isSshManager, withLogin } from "./existing-managers";

const CLUSTER_ID = /^[a-z0-9]{25}$/;
const LOGIN = ["identityFile", "privateKey", "privateKeyPassword", "password", "agent", "user"];
const ENDPOINT = ["name", "address", "port", "hostKey", ...LOGIN];
const KINDS =
  "{ address, hostKey } for SSH, { container } for a container of a Docker Engine, or { dockerHost } or { context } for an " +
  "engine that this machine reaches by itself";

/** What is wrong with managers that a program names itself. */
export function checkGiven(
  { managers, clusterId, knownHosts }: GivenClusterArgs,
  onceKnown: OnceKnown,
): Problem[] {
  const given: unknown = managers;
  if (!Array.isArray(given) || given.length === 0)
    return [{ where: "managers", text: `names no manager. Name at least one: ${KINDS}.` }];
  return [
    ...given.flatMap((manager, index) =>
      checkManager(`managers[${index}]`, manager, { hosts: [], knownHosts }, onceKnown),
    ),
    ...(typeof clusterId === "string" && !CLUSTER_ID.test(clusterId)
      ? [
          {
            where: "clusterId",
            text: `${show(clusterId)} is no cluster ID: 25 letters and digits. On a manager: docker info --format '{{.Swarm.Cluster.ID}}'`,
          },
        ]
      : []),
  ];
}

function checkManager(
  where: string,
  manager: unknown,
  args: SshPlatformArgs,
  onceKnown: OnceKnown,
): Problem[] {
  if (manager === null || typeof manager !== "object" || Array.isArray(manager))
    return [{ where, text: `${show(manager)} is no manager. Write it like ${KINDS}.` }];
  const given = manager as ExistingManagerArgs;
  if (isSshManager(given))
    return [
      ...unknownKeys(where, given, ["sudo", "bastion", ...ENDPOINT]),
      ...checkSsh(where, hostOf(given), args, onceKnown),
    ];
  const known = isContainerManager(given) ? ["container"] : ["context"];
  return [...unknownKeys(where, given, ["name", "dockerHost", ...known]), ...checkNear(where, given)];
}

function checkSsh(where: string, host: SshHostArgs, args: SshPlatformArgs, onceKnown: OnceKnown): Problem[] {
  const { bastion } = host;
  return [
    ...checkLogin(where, host, args, onceKnown),
    ...(bastion
      ? [
          ...unknownKeys(`${where}.bastion`, bastion, ENDPOINT),
          ...checkLogin(`${where}.bastion`, bastion, args, onceKnown),
        ]
      : []),
  ];
}

function checkNear(
  where: string,
  manager: { container?: unknown; dockerHost?: unknown; context?: unknown },
): Problem[] {
  const { container, dockerHost, context } = manager;
  const texts = Object.entries({ container, dockerHost, context }).filter(([, value]) => value !== undefined);
  const empty = texts.find(([, value]) => typeof value !== "string" || value === "");
  if (empty)
    return [{ where: `${where}.${empty[0]}`, text: `${show(empty[1])} is no text that names anything.` }];
  if (texts.length === 0) return [{ where, text: `does not say how it is reached. Write it like ${KINDS}.` }];
  if (dockerHost !== undefined && context !== undefined)
    return [{ where, text: "names both a `dockerHost` and a `context`. Leave one of them out." }];
  if (typeof dockerHost === "string" && dockerHost.startsWith("ssh:"))
    return [
      {
        where: `${where}.dockerHost`,
        text: `${show(dockerHost)} is a machine over SSH. Write it like { address, user, hostKey }, so that its host key is checked.`,
      },
    ];
  return [];
}

/** What is wrong with an output that shall be a cluster, and with the login that goes with it. Its value is never shown. */
export function checkExported(
  output: string,
  exported: unknown,
  onceKnown: OnceKnown,
  login: ManagerLoginArgs = {},
): Problem[] {
  const where = `output ${show(output)}`;
  const remedy = `In the program of that stack: export const ${output} = cluster.exported, and run \`pulumi up\` there.`;
  if (exported === undefined) return [{ where, text: `is not there. ${remedy}` }];
  if (!isExported(exported)) return [{ where, text: `is no cluster that a SwarmCluster exports. ${remedy}` }];
  const hosts = exported.managers
    .map((manager) => withLogin(manager, login))
    .filter((host) => host !== undefined);
  // What is wrong with the login is wrong at every manager.
  return [
    ...unknownKeys("login", login, ["sudo", "bastion", ...LOGIN]),
    ...hosts.slice(0, 1).flatMap((host) => checkSsh("login", host, { hosts: [] }, onceKnown)),
  ];
}

export function isExported(value: unknown): value is ExportedCluster {
  const { clusterId, managers } = (value ?? {}) as Partial<Record<keyof ExportedCluster, unknown>>;
  return (
    typeof clusterId === "string" &&
    Array.isArray(managers) &&
    managers.length > 0 &&
    managers.every(isManager)
  );
}

function isManager(value: unknown): value is ManagerRef {
  const { name, connection } = (value ?? {}) as Partial<Record<keyof ManagerRef, unknown>>;
  return typeof name === "string" && typeof connection === "object" && connection !== null;
}
