import type { ComposeNetwork } from "../objects/network-settings";
import { networkKeys, type StackNetwork } from "./network-versions";
import { isJob, type Compose, type ComposeService } from "./stack-deploy";

type Section = Record<string, ComposeNetwork | null>;

/** The first version of compose files in which networks have names. */
const WITH_NAMES = 5;

/** A compose file whose networks have the names and labels of their versions. @param stack - its name */
export function withVersions(wanted: Compose, versions: readonly StackNetwork[], stack: string): Compose {
  const networks = { ...(wanted.networks as Section | undefined) };
  let compose = wanted;
  for (const { key, name, labels, settings } of versions) {
    if (!settings) continue;
    networks[key] = { ...networks[key], labels: { ...networks[key]?.labels, ...labels } };
    if (name === (networks[key].name ?? `${stack}_${key}`)) continue;
    networks[key].name = name;
    compose = allowingNames(compose);
  }
  return { ...compose, networks };
}

/** What Docker takes of an older version it takes of this one as well. */
function allowingNames(compose: Compose): Compose {
  const [, minor] = /^3\.(\d+)$/.exec(String(compose.version)) ?? [];
  return minor !== undefined && Number(minor) < WITH_NAMES
    ? { ...compose, version: `3.${WITH_NAMES}` }
    : compose;
}

/**
 * What is deployed in turn, where services move from one version of a network to another: before they leave one they are in both of them, by
 * the same names, so that those which have moved and those which have not reach each other.
 *
 * A network of the program may be that of other stacks as well, which move at their own pace: its former version is left when that
 * is removed, after all of them (objects/network-leaving.ts).
 *
 * @param compose - with its versions
 */
export function inBothNetworks(
  compose: Compose,
  versions: readonly StackNetwork[],
): { wanted: Compose; both?: Compose } {
  const kept = versions.filter(({ settings, left }) => !settings && left.length > 0);
  const moving = versions.filter(({ settings, isMoving }) => settings && isMoving);
  return {
    wanted: withFormers(compose, kept),
    ...(moving.length > 0 ? { both: withFormers(compose, [...kept, ...moving]) } : {}),
  };
}

function withFormers(compose: Compose, moving: readonly StackNetwork[]): Compose {
  if (moving.length === 0) return compose;
  const networks = { ...(compose.networks as Section) };
  for (const version of moving)
    for (const [key, name] of formersOf(version)) networks[key] = { external: true, name };
  const services = Object.entries(compose.services ?? {}).map(([name, service]) => [
    name,
    isJob(service) ? service : inBoth(service, moving),
  ]);
  return {
    ...allowingNames(compose),
    networks,
    services: Object.fromEntries(services) as Compose["services"],
  };
}

function inBoth(service: ComposeService, moving: readonly StackNetwork[]): ComposeService {
  const { networks } = service;
  const settings = Object.fromEntries(
    networkKeys(networks).map((key) => [key, Array.isArray(networks) ? null : settingsIn(networks, key)]),
  );
  const formers = moving
    .filter(({ key }) => key in settings)
    .flatMap((version) => formersOf(version).map(([key]) => [key, settings[version.key]]));
  return { ...service, networks: { ...settings, ...(Object.fromEntries(formers) as object) } };
}

function settingsIn(networks: unknown, key: string): unknown {
  return (networks as Record<string, unknown> | undefined)?.[key] ?? null;
}

/** Names that no compose file has, for networks that are left → their names in the swarm. */
function formersOf({ key, left }: StackNetwork): [string, string][] {
  return left.map(({ Name }, index) => [`${key}.former.${index}`, Name]);
}
