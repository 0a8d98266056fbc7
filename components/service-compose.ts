import * as pulumi from "../resources/pulumi";
import { isLater } from "../resources/later";
import { Config, Network, Secret } from "./objects";
import type { ContainerArgs, JobArgs, ServiceArgs } from "./service-args";

/** Where an argument stands in a service of a compose file; the others have the same name there, written_like_this. */
const PLACES: Readonly<Record<string, string>> = {
  env: "environment",
  mounts: "volumes",
  health: "healthcheck",
  containerLabels: "labels",
  labels: "deploy.labels",
  mode: "deploy.mode",
  replicas: "deploy.replicas",
  placement: "deploy.placement",
  update: "deploy.update_config",
  rollback: "deploy.rollback_config",
  restart: "deploy.restart_policy",
  resources: "deploy.resources",
  endpointMode: "deploy.endpoint_mode",
};
/** Their keys are the user's own. */
const AS_THEY_ARE = ["env", "labels", "containerLabels", "sysctls", "driverOpts", "options", "volumes"];
/** What is said of it beside its container. */
const ELSEWHERE = [
  ...["cluster", "resolveImage", "convergeTimeout", "logsOnFailure", "adopt", "onFailure", "ignore"],
  ...["volumes", "networks", "secrets", "configs", "triggers", "logLines"],
];

type Kind = "secrets" | "configs" | "networks";
type Plain = Record<string, unknown>;

/** A compose file of one service, and what fills it in. */
export interface Rendered {
  compose: { services: Plain; [section: string]: Plain };
  /** Values that are outputs: so all the rest is known at once, and as little of it is secret as the program says. */
  environment: Record<string, pulumi.Input<string>>;
  secrets: Record<string, Secret>;
  configs: Record<string, Config>;
  networks: Record<string, Network>;
}

/** A service as a compose file has it, so that there is one way to deploy. */
export function renderService(name: string, args: ServiceArgs | JobArgs): Rendered {
  const rendered: Rendered = {
    compose: { services: {} },
    environment: {},
    secrets: {},
    configs: {},
    networks: {},
  };
  const service: Plain = {};
  for (const [key, value] of Object.entries(args) as [string, unknown][])
    if (value !== undefined && !ELSEWHERE.includes(key))
      place(service, composePath(key), written(value, key, key, rendered));
  const uses = { secrets: "secret", configs: "config", networks: "network" } as const;
  for (const [kind, of] of Object.entries(uses) as [Kind, string][]) use(kind, of, args, service, rendered);
  declareVolumes(args, (service.volumes ?? []) as Plain[], rendered);
  rendered.compose.services[name] = service;
  return rendered;
}

/** The argument that a place in the compose file comes from: "services.web.deploy.replicas" → "replicas". */
export function argumentAt(path: string, service: string): string {
  const own = `services.${service}.`;
  if (path === `services.${service}`) return "the arguments";
  if (!path.startsWith(own)) return path;
  const inside = path.slice(own.length);
  const [key, at] = Object.entries(PLACES).find(
    ([, known]) => inside === known || inside.startsWith(`${known}.`) || inside.startsWith(`${known}[`),
  ) ?? ["", ""];
  const asArgument = key + inside.slice(at.length);
  return asArgument.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());
}

function composePath(key: string): string[] {
  return (PLACES[key] ?? snake(key)).split(".");
}

function place(into: Plain, [key, ...rest]: string[], value: unknown): void {
  if (rest.length === 0) into[key] = value;
  else place((into[key] ??= {}) as Plain, rest, value);
}

/**
 * A value as the file has it: in the place of an output stands a variable, and what is written down is no template.
 *
 * @param path - what the variable is called
 */
function written(value: unknown, key: string, path: string, rendered: Rendered): unknown {
  if (isLater(value)) return variable(value, path, rendered);
  if (typeof value === "string") return value.replaceAll("$", "$$$$");
  if (Array.isArray(value))
    return value.map((item: unknown, index) => written(item, key, `${path}_${index}`, rendered));
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  const name = (inner: string) => (AS_THEY_ARE.includes(key) ? inner : snake(inner));
  return Object.fromEntries(
    entries.map(([inner, one]) => [name(inner), written(one, inner, `${path}_${inner}`, rendered)]),
  );
}

function variable(value: unknown, path: string, { environment }: Rendered): string {
  const wanted = path.replace(/\W/g, "_");
  let name = wanted;
  for (let index = 2; name in environment; index++) name = `${wanted}_${index}`;
  environment[name] = pulumi.output(value as pulumi.Input<string | number>).apply(String);
  return `\${${name}}`;
}

function use(kind: Kind, of: string, args: ContainerArgs, service: Plain, rendered: Rendered): void {
  const wanted = Object.entries(args[kind] ?? {}) as [string, unknown][];
  if (wanted.length === 0) return;
  const section: Plain = {};
  const own: [string, Plain][] = [];
  for (const [name, given] of wanted) {
    const isAlone = typeof given === "string" || isObject(given);
    const { [of]: object, ...settings } = isAlone ? { [of]: given } : (given as Plain);
    if (isObject(object)) (rendered[kind] as Record<string, unknown>)[name] = object;
    section[name] = isObject(object) ? { external: true } : { external: true, name: object };
    own.push([name, settings]);
  }
  rendered.compose[kind] = section;
  service[kind] =
    kind === "networks"
      ? Object.fromEntries(own)
      : own.map(([source, settings]) =>
          Object.keys(settings).length > 0 ? { source, ...settings } : source,
        );
}

function isObject(value: unknown): boolean {
  return value instanceof Secret || value instanceof Config || value instanceof Network;
}

/** Each named volume has to be declared; one whose name is an output is called by another name here. */
function declareVolumes({ volumes = {} }: ContainerArgs, mounts: Plain[], rendered: Rendered): void {
  const declared: Plain = {};
  mounts.forEach((mount, index) => {
    mount.type ??= "volume";
    const { type, source } = mount;
    if (type !== "volume" || typeof source !== "string") return;
    const isLaterName = source.startsWith("${");
    if (isLaterName) mount.source = `volume-${index + 1}`;
    declared[mount.source as string] = isLaterName ? { name: source } : {};
  });
  Object.assign(declared, written(volumes, "volumes", "volumes", rendered));
  if (Object.keys(declared).length > 0) rendered.compose.volumes = declared;
}

function snake(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
