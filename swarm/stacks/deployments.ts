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
 * What is deployed in turn until a stack is as wanted; the last one is the stack as wanted, and removes what is not in it.
 *
 * @param wanted - merged, with what somebody else owns as it is
 */
export function deploymentsOf(wanted: Compose): [...Deployment[], Deployment] {
  return [{ what: "deploying", compose: wanted }];
}
