import type { SwarmStackInputs, SwarmStackOutputs } from "./stack";

export interface SwarmJobInputs extends Omit<SwarmStackInputs, "stages" | "ignore" | "drift"> {
  /**
   * It runs again when one of these changes, and a change of anything else is kept until then. @default what the compose file comes to
   * @change update
   */
  triggers?: string[];
  /** Last lines of each task that `logs` has; 0 for none. @default 100 @integer @change connection */
  logLines?: number;
}

export interface SwarmJobOutputs extends SwarmStackOutputs {
  /** What its tasks have printed last, without secrets that are known of. */
  logs: string;
}
