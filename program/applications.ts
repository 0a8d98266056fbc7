import type * as pulumi from "../resources/pulumi";
import { Config, Network, Secret, Stack, type SwarmCluster } from "pulumi-swarm";
import type { NetworkArgs } from "../components/objects";
import type { StackArgs } from "../components/stack";
import { keysOf } from "../schema/package-schema";
import { unknownKeys } from "../validation/unknown-keys";
import { show, type Problem } from "../validation/problem";
import {
  argsOf,
  checkContent,
  checkSecrecy,
  secretArgsOf,
  type Content,
  type SecretContent,
} from "./content";
import { isEncrypted } from "./encrypted";

/** What a stack uses: its names, or name in the compose file → name here. */
type Used = string[] | Record<string, string>;

/** A stack in the configuration. @settings */
export interface StackSettings extends Pick<
  StackArgs,
  "resolveImage" | "convergeTimeout" | "onFailure" | "logsOnFailure" | "ignore" | "stages" | "adopt"
> {
  /** Paths of compose files, from the project's folder; later ones override earlier ones. @default none */
  composeFiles?: string | string[];
  /** Paths of files like `.env` with values for ${VARIABLES}, from the project's folder. @default none */
  envFiles?: string | string[];
  /** Values for ${VARIABLES} of the compose files, over those of `envFiles`. @default none */
  env?: Record<string, string>;
  /** Configs that it uses. @default none */
  configs?: Used;
  /** Secrets that it uses. @default none */
  secrets?: Used;
  /** Networks that it uses. @default none */
  networks?: Used;
}

/** A network in the configuration. @settings */
export type NetworkSettings = Omit<NetworkArgs, "cluster" | "name">;

/** The configuration of what runs on the cluster, read but not yet judged. */
export interface Applications {
  networks: Record<string, NetworkSettings>;
  configs: Record<string, string | Content>;
  /** In clear text: their names decide which resources there are, and `Secret` hides its content by itself. */
  secrets: Record<string, string | SecretContent>;
  /** Whether the configuration has them encrypted. */
  areSecretsEncrypted: boolean;
  stacks: Record<string, StackSettings>;
}

const USES = ["configs", "secrets", "networks"] as const;

/** @param allConfig - every key with its value, which is JSON for an object */
export function readApplications(config: pulumi.Config, allConfig: Record<string, string>): Applications {
  const key = `${config.name}:secrets`;
  return {
    secrets: JSON.parse(allConfig[key] ?? "{}") as Applications["secrets"],
    areSecretsEncrypted: isEncrypted(key),
    networks: config.getObject<Applications["networks"]>("networks") ?? {},
    configs: config.getObject<Applications["configs"]>("configs") ?? {},
    stacks: config.getObject<Applications["stacks"]>("stacks") ?? {},
  };
}

export function checkApplications(settings: Applications): Problem[] {
  const { networks, configs, secrets, stacks } = settings;
  const known = mapped({ networks, configs, secrets }, (_kind, all) => Object.keys(all));
  return [
    ...Object.entries(networks).flatMap(([name, one]) =>
      unknownKeys(`networks.${name}`, one, keysOf("NetworkSettings")),
    ),
    ...Object.entries(configs).flatMap(([name, one]) => checkContent(`configs.${name}`, one)),
    ...Object.entries(secrets).flatMap(([name, one]) => [
      ...checkContent(`secrets.${name}`, one, "SecretContent"),
      ...checkSecrecy(name, one, settings.areSecretsEncrypted),
    ]),
    ...Object.entries(stacks).flatMap(([name, stack]) => [
      // The stack itself knows the former name of `env`.
      ...unknownKeys(`stacks.${name}`, stack, [...keysOf("StackSettings"), "environment"]),
      ...USES.flatMap((kind) =>
        Object.values(usedBy(stack[kind]))
          .filter((used) => !known[kind].includes(used))
          .map((used) => ({
            where: `stacks.${name}.${kind}`,
            text: `${show(used)} is not configured. Add it to \`${kind}\`, which has: ${known[kind].join(", ") || "none"}.`,
          })),
      ),
    ]),
  ];
}

/** Makes what the configuration names. Answers the stacks by their names. */
export function deployApplications(cluster: SwarmCluster, settings: Applications): Record<string, Stack> {
  const made = {
    networks: mapped(settings.networks, (name, args) => new Network(name, { cluster, ...args })),
    configs: mapped(settings.configs, (name, content) => new Config(name, { cluster, ...argsOf(content) })),
    secrets: mapped(
      settings.secrets,
      (name, content) => new Secret(name, { cluster, ...secretArgsOf(content) }),
    ),
  };
  return mapped(
    settings.stacks,
    (name, { composeFiles, envFiles, configs, secrets, networks, ...stack }) =>
      new Stack(name, {
        cluster,
        ...stack,
        composeFiles: [composeFiles ?? []].flat(),
        envFiles: envFiles === undefined ? undefined : [envFiles].flat(),
        configs: those(made.configs, configs),
        secrets: those(made.secrets, secrets),
        networks: those(made.networks, networks),
      }),
  );
}

/** By their names in the compose file. One that is not configured has been reported. */
function those<T>(made: Record<string, T>, used: Used | undefined): Record<string, T> {
  const known = Object.entries(usedBy(used)).filter(([, name]) => name in made);
  return Object.fromEntries(known.map(([inFile, name]) => [inFile, made[name]]));
}

function usedBy(used: Used = []): Record<string, string> {
  return Array.isArray(used) ? Object.fromEntries(used.map((name) => [name, name])) : used;
}

function mapped<A, B>(all: Record<string, A>, make: (name: string, one: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(all).map(([name, one]) => [name, make(name, one)]));
}
