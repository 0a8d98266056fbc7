import type { SwarmStackInputs } from "../../schema/stack";
import { inStages } from "./stages";
import { isJob, type Compose } from "./stack-deploy";

/** One of the `docker stack deploy`s that an update of a stack consists of. */
export interface Deployment {
  /** Shown while it is under way. */
  what: string;
  compose: Compose;
  /** Services, by their names in the compose file, that have to run before the next one. @default all of the stack */
  waitsFor?: string[];
}

/**
 * What is deployed in turn until a stack is as wanted. With the last one goes what is in none of them.
 *
 * @param wanted - merged, with what somebody else owns as it is
 * @param both - the same with services that move to another network in both of them, where some do
 */
export function deploymentsOf(
  wanted: Compose,
  { stages }: Pick<SwarmStackInputs, "stages">,
  both?: Compose,
): [...Deployment[], Deployment] {
  if (!both) return staged(wanted, stages, "deploying");
  // Each deploy runs the jobs in it again. Those of stages have their turn in the first step, others once all have moved.
  const hasStages = inStages(both, stages).length > 1;
  return [
    ...staged(hasStages ? both : withoutJobs(both), stages, JOINING),
    { what: LEAVING, compose: hasStages ? withoutJobs(wanted) : wanted },
  ];
}

const JOINING = "deploying: services get new networks beside their former ones";
const LEAVING = "deploying: services leave their former networks";

function staged(
  compose: Compose,
  stages: SwarmStackInputs["stages"],
  what: string,
): [...Deployment[], Deployment] {
  const steps = inStages(compose, stages);
  if (steps.length < 2) return [{ what, compose }];
  const deployments = steps.map((stage, index) => ({
    what: `deploying ${stage.services.join(", ")} (stage ${index + 1} of ${steps.length})`,
    ...{ compose: stage.compose, waitsFor: stage.services },
  }));
  return deployments as [...Deployment[], Deployment];
}

function withoutJobs(compose: Compose): Compose {
  const services = Object.entries(compose.services ?? {}).filter(([, service]) => !isJob(service));
  return { ...compose, services: Object.fromEntries(services) };
}
