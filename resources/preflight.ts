import type * as pulumi from "./pulumi";
import type { PreflightInputs } from "../contract/preflight";
import { SwarmResource, type Inputs } from "./swarm-resource";

/** Fails where machines cannot be one swarm: ports, data path, clocks, identities, address ranges, engines. */
export class Preflight extends SwarmResource {
  /** When the machines were looked at last, as an RFC 3339 time. */
  readonly checkedAt!: pulumi.Output<string>;

  constructor(name: string, args: Inputs<PreflightInputs>, opts?: pulumi.CustomResourceOptions) {
    super("Preflight", name, args, { all: ["checkedAt"] }, opts);
  }
}
