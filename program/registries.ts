import type * as pulumi from "../resources/pulumi";
import type { RegistryArgs } from "pulumi-swarm";
import { keysOf } from "../schema/package-schema";
import { isMapping } from "../validation/node";
import type { Problem } from "../validation/problem";
import { unknownKeys } from "../validation/unknown-keys";
import { isEncrypted } from "./encrypted";

/** Registries in the configuration, read but not yet judged; what their logins have to be is known to the cluster. */
export interface Registries {
  /** In clear text: `SwarmCluster` hides the passwords by itself. Missing where the configuration names none. */
  registries?: RegistryArgs[];
  /** Whether the configuration has them encrypted. */
  areEncrypted: boolean;
}

/** @param allConfig - every key with its value, which is JSON for a list */
export function readRegistries(config: pulumi.Config, allConfig: Record<string, string>): Registries {
  const key = `${config.name}:registries`;
  const given = JSON.parse(allConfig[key] ?? "[]") as RegistryArgs[];
  return { registries: given.length === 0 ? undefined : given, areEncrypted: isEncrypted(key) };
}

/** What is written into the stack's file ends in a repository. */
export function checkRegistrySettings({ registries, areEncrypted }: Registries): Problem[] {
  if (!Array.isArray(registries)) return [];
  return registries.flatMap((registry: unknown, index) => {
    if (!isMapping(registry)) return [];
    const where = `registries[${index}]`;
    const problems = unknownKeys(where, registry, keysOf("RegistryArgs"));
    if (areEncrypted || registry.password === undefined) return problems;
    const remedy = `Encrypt it: pulumi config set --secret --path '${where}.password'`;
    const text = `is in clear text in the stack's configuration. ${remedy}`;
    return [...problems, { where: `${where}.password`, text }];
  });
}
