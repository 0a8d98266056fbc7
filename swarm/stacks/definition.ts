import { createHash } from "node:crypto";
import type { StackDefinition, SwarmStackInputs } from "../../schema/stack";
import type { Compose, ComposeService } from "./stack-deploy";
import type { Digests } from "./image-digests";
import { standsFor, type PreparedFiles } from "./stack-files";
import type { ComposeSection } from "./stack-versions";
import { ignoredOf } from "../../validation/compose-ignore";
import { readableService } from "./readable-service";
import { SecretTexts } from "./secret-texts";

/** "sha256:" and as much of it as Docker shows. */
const SHOWN_DIGEST = 19;

/**
 * What compose files come to, as a person compares it: service by service, and nothing secret in it. A preview shows what
 * differs in it in the place of the files' texts, and an update of nothing else is none.
 *
 * @param merged - as Docker has merged it
 * @param secret - texts that the program calls secret
 * @param digests - of images whose registries were asked
 */
export function definitionOf(
  merged: Compose,
  prepared: PreparedFiles,
  inputs: SwarmStackInputs,
  secret?: ReadonlySet<string>,
  digests: Digests = {},
): StackDefinition {
  const secrets = SecretTexts.of(inputs, prepared, secret);
  const contents = {
    configs: contentsOf(merged.configs, inputs.configs, prepared, secrets, (content) => digestOf(content)),
    secrets: contentsOf(merged.secrets, inputs.secrets, prepared, secrets, (content) =>
      secrets.fingerprint(content),
    ),
  };
  const named = (service: ComposeService): ComposeService => {
    const loaded = inputs.imageFingerprints?.[service.image ?? ""];
    const digest = digests[service.image ?? ""];
    if (digest) return { ...service, image: `${service.image} (${digest.slice(0, SHOWN_DIGEST)})` };
    return loaded ? { ...service, image: `${service.image} (loaded ${loaded.slice(0, 8)})` } : service;
  };
  // What somebody else owns is no change of the program's.
  const ignored = ignoredOf(inputs.ignore);
  const services = Object.entries(merged.services ?? {}).map(([name, service]) => [
    name,
    without(
      ignored.flatMap((one) => (one.service === name ? one.field : [])),
      readableService(named(service), contents, secrets),
    ),
  ]);
  // Options of drivers hold passwords as well: those of a CIFS volume for one.
  const others = {
    networks: withNames(merged.networks as ComposeSection, inputs.networks),
    volumes: merged.volumes ?? {},
  };
  const sections = {
    services: Object.fromEntries(services) as StackDefinition["services"],
    ...(secrets.hiddenIn(others) as typeof others),
    ...contents,
  };
  const filled = Object.entries(sections).filter(([, section]) => Object.keys(section).length > 0);
  return Object.fromEntries(filled) as unknown as StackDefinition;
}

function without(fields: readonly string[], service: object): object {
  return Object.fromEntries(Object.entries(service).filter(([field]) => !fields.includes(field)));
}

/** Name in the compose file → what it is in the swarm: its name there, or what it holds. */
function contentsOf(
  section: ComposeSection = {},
  ours: Readonly<Record<string, string>> = {},
  prepared: PreparedFiles,
  secrets: SecretTexts,
  describe: (content: Buffer) => string,
): Record<string, string> {
  const described = Object.entries(section).map(([name, object]) => {
    if (name in ours) return [name, ours[name]];
    const content = standsFor(object?.file, prepared);
    if (!content) return [name, object?.name ?? name];
    const { name: own, labels, template_driver: driver } = object ?? {};
    const settings = [own, driver, labels && JSON.stringify(secrets.hiddenIn(labels))].filter(Boolean);
    return [name, [describe(content), ...settings].join(", ")];
  });
  return Object.fromEntries(described) as Record<string, string>;
}

function withNames(section: ComposeSection = {}, ours: Readonly<Record<string, string>> = {}) {
  const named = Object.entries(section).map(([name, object]) => [
    name,
    name in ours ? { external: true, name: ours[name] } : (object ?? {}),
  ]);
  return Object.fromEntries(named) as Record<string, object>;
}

function digestOf(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 8);
}
