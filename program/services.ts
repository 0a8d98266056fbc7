import type * as pulumi from "../resources/pulumi";
import { Job, Service, type SwarmCluster } from "pulumi-swarm";
import type { JobArgs, ServiceArgs } from "../components/service-args";
import { keysOf } from "../schema/package-schema";
import { isMapping } from "../validation/node";
import { unknownKeys } from "../validation/unknown-keys";
import { show, type Problem } from "../validation/problem";
import { withHiddenEnv } from "./hidden-env";
import type { Ordered, Step } from "./in-order";
import { checkUses, usesOf, type MadeObjects, type Uses } from "./uses";

type Elsewhere = "cluster" | "registries" | keyof Uses;

/** A service in the configuration. @settings */
export interface ServiceSettings extends Omit<ServiceArgs, Elsewhere>, Uses, Ordered {}

/** A job in the configuration. @settings */
export interface JobSettings extends Omit<JobArgs, Elsewhere>, Uses, Ordered {}

/** The configuration of what runs without a compose file, read but not yet judged. */
export interface Services {
  services: Record<string, ServiceSettings>;
  jobs: Record<string, JobSettings>;
}

export function readServices(config: pulumi.Config): Services {
  return { services: withHiddenEnv(config, "services"), jobs: withHiddenEnv(config, "jobs") };
}

/**
 * What `Service` and `Job` do not see; their own rules are told by themselves.
 *
 * @param known - names of what the configuration has of each kind
 */
export function checkServices(
  { services, jobs }: Services,
  known: Record<keyof MadeObjects, string[]>,
): Problem[] {
  const check =
    (kind: string, type: string) =>
    ([name, settings]: [string, Uses]) => {
      const where = `${kind}.${name}`;
      if (!isMapping(settings))
        return [{ where, text: `${show(settings)} is no mapping. Write it like {image: "shop:1"}.` }];
      return [...unknownKeys(where, settings, keysOf(type)), ...checkUses(where, settings, known)];
    };
  return [
    ...Object.entries(services).flatMap(check("services", "ServiceSettings")),
    ...Object.entries(jobs).flatMap(check("jobs", "JobSettings")),
  ];
}

/** How each of them is made. What is not known, or no mapping, has been reported. */
export function stepsOfServices(
  cluster: SwarmCluster,
  { services, jobs }: Services,
  made: MadeObjects,
): Step<pulumi.Resource>[] {
  return [
    ...known(services, "ServiceSettings").map(([name, { dependsOn, ...settings }]) => ({
      ...{ where: `services.${name}`, name, dependsOn },
      make: (first: pulumi.Resource[]) =>
        new Service(name, { ...settings, ...usesOf(settings, made), cluster }, { dependsOn: first }),
    })),
    ...known(jobs, "JobSettings").map(([name, { dependsOn, ...settings }]) => ({
      ...{ where: `jobs.${name}`, name, dependsOn },
      make: (first: pulumi.Resource[]) =>
        new Job(name, { ...settings, ...usesOf(settings, made), cluster }, { dependsOn: first }),
    })),
  ];
}

/** Settings by names, each without keys that nobody reads. */
function known<S extends object>(all: Record<string, S>, type: string): [string, S][] {
  const keys = keysOf(type);
  return Object.entries(all)
    .filter(([, settings]) => isMapping(settings))
    .map(([name, settings]) => [
      name,
      Object.fromEntries(Object.entries(settings).filter(([key]) => keys.includes(key))) as S,
    ]);
}
