import type { Compose } from "./stack-deploy";

/** What of a stack is deployed together. */
interface Stage {
  /** Names of its services in the compose file. */
  services: string[];
  /** The compose file with these services alone. */
  compose: Compose;
}

/**
 * A compose file by its stages, and last what no stage names. Each service is in one of them alone: an update makes a job run again whatever it
 * changes, so a migration would run once more with each later stage.
 *
 * @param stages - names of services in the compose file
 */
export function inStages(compose: Compose, stages: readonly (readonly string[])[] = []): Stage[] {
  const services = compose.services ?? {};
  const named = stages.map((stage) => stage.filter((name) => name in services));
  const rest = Object.keys(services).filter((name) => !named.flat().includes(name));
  return [...named, rest]
    .filter((names) => names.length > 0)
    .map((names) => ({
      services: names,
      compose: { ...compose, services: Object.fromEntries(names.map((name) => [name, services[name]])) },
    }));
}
