import type { SwarmStackInputs } from "../../schema/stack";
import { inStages } from "./stages";
import type { Compose } from "./stack-deploy";

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
 */
export function deploymentsOf(
  wanted: Compose,
  { stages }: Pick<SwarmStackInputs, "stages">,
): [...Deployment[], Deployment] {
  const steps = inStages(wanted, stages);
  if (steps.length < 2) return [{ what: "deploying", compose: wanted }];
  const deployments = steps.map(({ services, compose }, index) => ({
    what: `deploying ${services.join(", ")} (stage ${index + 1} of ${steps.length})`,
    ...{ compose, waitsFor: services },
  }));
  return deployments as [...Deployment[], Deployment];
}
