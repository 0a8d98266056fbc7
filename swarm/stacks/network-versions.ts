import type { NetworkInspect } from "../../docker/api/network";
import type { Service } from "../../docker/api/service";
import type { Task } from "../../docker/api/task";
import { STACK_LABEL } from "../../docker/services";
import { isLive } from "../../docker/tasks";
import type { SwarmStackInputs } from "../../schema/stack";
import {
  changedSettings,
  settingsOfCompose,
  type ComposeNetwork,
  type NetworkSettings,
} from "../objects/network-settings";
import { isServiceIn, isTaskIn } from "../objects/network-users";
import { baseOf, versionFor } from "../objects/network-version";
import { isJob } from "../rollout/service-standing";
import type { Compose } from "./stack-deploy";

/** What the swarm has of a stack, and all its networks. */
export interface NetworksNow {
  networks: readonly NetworkInspect[];
  services: readonly Service[];
  tasks: readonly Task[];
}

/** A network of a compose file, and what it is in the swarm. */
export interface StackNetwork {
  /** Its name in the compose file. */
  key: string;
  /** Its name in the swarm, once the stack is as wanted. */
  name: string;
  /** By which it is known again; none of one that the program makes. */
  labels: Record<string, string>;
  /** None of one that the program makes. */
  settings?: NetworkSettings;
  isNew: boolean;
  /** The version that it has in the swarm, where that is another one. */
  former?: NetworkInspect;
  /** What changes of it: "encrypted". */
  changed: string[];
  /** Other versions of it that services of the stack are in. */
  left: NetworkInspect[];
  /** Whether services have to be in both before they leave one: somebody is in a former version alone. */
  isMoving: boolean;
}

/**
 * Which version each network of a stack is at. The swarm alone tells, so that an update that was interrupted is finished by the next
 * one, whoever runs it.
 *
 * @param wanted - merged
 */
export function networkVersions(
  wanted: Compose,
  now: NetworksNow,
  { name: stack, networks: ours = {} }: Pick<SwarmStackInputs, "name" | "networks">,
): StackNetwork[] {
  const section = (wanted.networks ?? {}) as Record<string, ComposeNetwork | null>;
  return usedNetworks(wanted).flatMap((key) => {
    const network = section[key] ?? {};
    if (key in ours) return ofProgram(key, ours[key], now);
    if (network.external) return [];
    const versions = now.networks.filter(({ Labels }) => Labels?.[STACK_LABEL] === stack);
    return ofStack(key, network.name ?? `${stack}_${key}`, settingsOfCompose(network), {
      ...now,
      networks: versions,
    });
  });
}

/** Docker makes only those that a service is in. */
function usedNetworks({ services = {} }: Compose): string[] {
  return [...new Set(Object.values(services).flatMap(({ networks }) => networkKeys(networks)))];
}

/** The networks of a service by their names in the compose file; who has none is in the default one. */
export function networkKeys(networks: unknown): string[] {
  const keys = Array.isArray(networks) ? (networks as string[]) : Object.keys(networks ?? {});
  return keys.length > 0 ? keys : ["default"];
}

function ofStack(key: string, base: string, settings: NetworkSettings, now: NetworksNow): StackNetwork {
  const versions = now.networks.filter((network) => baseOf(network) === base);
  const { name, labels, found } = versionFor(base, settings, versions);
  const others = versions.filter((version) => version !== found);
  const left = others.filter((version) => isUsed(version, now));
  const former = found ? undefined : (left[0] ?? others[0]);
  return {
    ...{ key, name, labels, settings, former, left, isNew: !found },
    changed: former ? changedSettings(former, settings).map((difference) => difference.name) : [],
    isMoving: isMoving(found, left, now),
  };
}

function ofProgram(key: string, name: string, now: NetworksNow): StackNetwork {
  const found = now.networks.find(({ Name }) => Name === name);
  const others = now.networks.filter(
    (network) => found && network !== found && baseOf(network) === baseOf(found),
  );
  const left = others.filter((version) => isUsed(version, now));
  return {
    ...{ key, name, labels: {}, left, isNew: false, changed: [] },
    isMoving: isMoving(found, left, now),
  };
}

/** Whether a service or a task of the stack is in it. */
function isUsed({ Id }: NetworkInspect, { services, tasks }: NetworksNow): boolean {
  return (
    services.some((service) => isServiceIn(service, Id)) ||
    tasks.some((task) => isLive(task) && isTaskIn(task, Id))
  );
}

/** Jobs are run anew by each deploy, in the networks that they are to have. */
function isMoving(
  wanted: NetworkInspect | undefined,
  left: readonly NetworkInspect[],
  { services, tasks }: NetworksNow,
): boolean {
  const staying = services.filter((service) => !isJob(service));
  return staying.some((service) => {
    const own = tasks.filter((task) => task.ServiceID === service.ID && isLive(task));
    const isThere = left.some(({ Id }) => isServiceIn(service, Id) || own.some((task) => isTaskIn(task, Id)));
    if (!isThere || !wanted) return isThere;
    return !isServiceIn(service, wanted.Id) || !own.every((task) => isTaskIn(task, wanted.Id));
  });
}
