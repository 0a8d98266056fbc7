import type { Config, Network, Secret } from "pulumi-swarm";
import type { FileArgs } from "../components/service-args";
import { keysOf } from "../schema/package-schema";
import { isMapping } from "../validation/node";
import { unknownKeys } from "../validation/unknown-keys";
import { show, type Problem } from "../validation/problem";

/** Where an object is that a service uses. */
interface Place {
  /** Whether it is in the swarm already, and not in this configuration. @default false */
  external?: boolean;
}

/** A network that a service is in. @settings */
export interface UsedNetwork extends Place {
  /** Name of the network. @default the name that the service calls it */
  network?: string;
  /** Further names of the service in it. @default none */
  aliases?: string[];
}

/** A secret that a service has as a file. @settings */
export interface UsedSecret extends Place, FileArgs {
  /** Name of the secret. @default that of the file */
  secret?: string;
}

/** A config that a service has as a file. @settings */
export interface UsedConfig extends Place, FileArgs {
  /** Name of the config. @default that of the file */
  config?: string;
}

/** What services and jobs use. */
export interface Uses {
  /** Networks that it is in: names, or the name that it calls one → name here, or settings. @default one of its own */
  networks?: string[] | Record<string, string | UsedNetwork>;
  /** Secrets that it has: names, or name of the file in /run/secrets → name here, or settings. @default none */
  secrets?: string[] | Record<string, string | UsedSecret>;
  /** Configs that it has: names, or name of the file in / → name here, or settings. @default none */
  configs?: string[] | Record<string, string | UsedConfig>;
}

/** What the configuration makes of each kind. */
export interface MadeObjects {
  networks: Record<string, Network>;
  configs: Record<string, Config>;
  secrets: Record<string, Secret>;
}

type Kind = keyof MadeObjects;

export const KINDS = ["networks", "secrets", "configs"] as const;
const ONE_OF = {
  networks: { key: "network", type: "UsedNetwork" },
  secrets: { key: "secret", type: "UsedSecret" },
  configs: { key: "config", type: "UsedConfig" },
} as const;

/** @param known - what the configuration has of each kind */
export function checkUses(where: string, uses: Uses, known: Record<Kind, string[]>): Problem[] {
  return KINDS.flatMap((kind) => {
    const given: unknown = uses[kind];
    const { key, type } = ONE_OF[kind];
    if (given === undefined) return [];
    if (!Array.isArray(given) && !isMapping(given))
      return [
        { where: `${where}.${kind}`, text: `${show(given)} is no list of names. Write [${show(given)}].` },
      ];
    return used(kind, uses).flatMap(({ inService, name, isExternal, settings }) => {
      const at = Array.isArray(given) ? `${where}.${kind}` : `${where}.${kind}.${inService}`;
      if (settings === undefined || typeof name !== "string")
        return [{ where: at, text: `${show(settings ?? name)} is no name. Write that of a ${key}.` }];
      const problems = unknownKeys(at, settings, keysOf(type));
      if (isExternal || known[kind].includes(name)) return problems;
      const text =
        `${show(name)} is not configured. Add it to \`${kind}\`, which has: ${known[kind].join(", ") || "none"}. ` +
        `Where it is in the swarm already: {${key}: ${name}, external: true}.`;
      return [...problems, { where: at, text }];
    });
  });
}

/** The same as `Service` takes it. What is not configured has been reported. */
export function usesOf(uses: Uses, made: MadeObjects) {
  return Object.fromEntries(KINDS.map((kind) => [kind, objectsOf(kind, uses, made)])) as {
    [K in Kind]: Record<string, MadeObjects[K][string]>;
  };
}

function objectsOf(kind: Kind, uses: Uses, made: MadeObjects): Record<string, unknown> | undefined {
  if (!uses[kind]) return undefined;
  const entries = used(kind, uses).flatMap(({ inService, name, isExternal, settings }) => {
    const object = isExternal ? name : made[kind][name];
    const { external: _told, ...rest } = settings ?? {};
    return object === undefined ? [] : [[inService, { ...rest, [ONE_OF[kind].key]: object }]];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

interface Used {
  /** What the service calls it. */
  inService: string;
  name: string;
  isExternal: boolean;
  /** Nothing where they are none. */
  settings?: Record<string, unknown>;
}

function used(kind: Kind, uses: Uses): Used[] {
  const given: unknown = uses[kind] ?? [];
  const { key } = ONE_OF[kind];
  const entries: [string, unknown][] = Array.isArray(given)
    ? given.map((name: unknown) => [String(name), name])
    : Object.entries(given as object);
  return entries.map(([inService, one]) => {
    const settings = typeof one === "string" ? {} : isMapping(one) ? one : undefined;
    const name = typeof one === "string" ? one : (settings?.[key] ?? (settings ? inService : one));
    return { inService, name: name as string, isExternal: settings?.external === true, settings };
  });
}
