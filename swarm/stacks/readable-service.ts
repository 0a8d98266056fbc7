import type { ComposeService } from "./stack-deploy";
import type { SecretTexts } from "./secret-texts";

type Readable = Record<string, unknown>;

interface Port {
  target?: number;
  published?: number | string;
  protocol?: string;
  mode?: string;
}

interface Mount {
  type?: string;
  source?: string;
  target?: string;
  read_only?: boolean;
  [settings: string]: unknown;
}

/** A config or secret in a service. */
interface Use {
  source?: string;
  target?: string;
  uid?: string;
  gid?: string;
  mode?: number;
}

/** Name in the compose file → what it is in the swarm. */
interface Contents {
  configs: Readonly<Record<string, string>>;
  secrets: Readonly<Record<string, string>>;
}

/**
 * A service of a merged compose file as a person reads it: a port is one text, a mount is found by where it is mounted, and
 * what is secret is a fingerprint. What has no form of its own stays as Docker writes it.
 */
export function readableService(service: ComposeService, contents: Contents, secrets: SecretTexts): Readable {
  const { image, command, entrypoint, environment, ports, volumes, networks, configs, ...rest } = service;
  const { secrets: uses, env_file: _read, deploy, ...others } = rest;
  const { mode = "replicated", replicas = 1, ...deployed } = (deploy ?? {}) as Readable;
  const isReplicated = mode === "replicated";
  const readable: Readable = {
    image,
    ...(isReplicated ? {} : { mode }),
    ...(isReplicated || mode === "replicated-job" ? { replicas } : {}),
    entrypoint: words(entrypoint),
    command: words(command),
    environment,
    ports: (ports as Port[] | undefined)?.map(describePort),
    mounts: byTarget(volumes as Mount[] | undefined, describeMount),
    networks: describeNetworks(networks as Record<string, { aliases?: string[] } | null> | undefined),
    configs: byTarget(placed(configs as Use[] | undefined, "/"), describeUse(contents.configs)),
    secrets: byTarget(placed(uses as Use[] | undefined, "/run/secrets/"), describeUse(contents.secrets)),
    ...deployed,
    ...others,
  };
  return secrets.hiddenIn(readable, OPEN) as Readable;
}

function words(command: unknown): string | undefined {
  if (!Array.isArray(command)) return command as string | undefined;
  return command
    .map(String)
    .map((word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : JSON.stringify(word)))
    .join(" ");
}

function describePort({ target, published, protocol = "tcp", mode }: Port): string {
  return `${published ?? "auto"}->${target}/${protocol}${mode === "host" ? " (host)" : ""}`;
}

function describeMount({ type, source, target: _at, read_only: isReadOnly, ...settings }: Mount): string {
  const more = Object.keys(settings).length > 0 ? ` ${JSON.stringify(settings)}` : "";
  return `${type}${source ? ` ${source}` : ""}${isReadOnly ? " (read-only)" : ""}${more}`;
}

/** Secrets are mounted below /run/secrets where their target is no absolute path. */
function placed(uses: Use[] | undefined, folder: string): Use[] | undefined {
  return uses?.map((use) => {
    const target = use.target ?? use.source ?? "";
    return { ...use, target: target.startsWith("/") ? target : folder + target };
  });
}

const describeUse =
  (contents: Readonly<Record<string, string>>) =>
  ({ source = "", uid, gid, mode }: Use): string => {
    const settings = [
      mode === undefined ? undefined : `mode 0${mode.toString(8)}`,
      uid && `uid ${uid}`,
      gid && `gid ${gid}`,
    ].filter(Boolean);
    return [`${source}: ${contents[source] ?? source}`, ...settings].join(", ");
  };

function describeNetworks(networks: Record<string, { aliases?: string[] } | null> | undefined) {
  if (!networks) return undefined;
  return Object.entries(networks).map(([name, settings]) => {
    const aliases = settings?.aliases ?? [];
    return aliases.length > 0 ? `${name} (as ${aliases.join(", ")})` : name;
  });
}

function byTarget<T extends { target?: string }>(entries: T[] | undefined, describe: (entry: T) => string) {
  return entries && Object.fromEntries(entries.map((entry) => [entry.target ?? "", describe(entry)]));
}

/** Names of images, networks and ports are no secrets, whatever they are filled in from. */
const OPEN = ["image", "mode", "ports", "mounts", "networks", "configs", "secrets", "placement"];
