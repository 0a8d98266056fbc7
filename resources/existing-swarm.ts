import type * as pulumi from "./pulumi";
import type { ExistingSwarmInputs } from "../contract/existing-cluster";
import { SwarmResource, type Inputs } from "./swarm-resource";

/** A swarm that this program does not make, found through its managers. */
export class ExistingSwarm extends SwarmResource {
  readonly clusterId!: pulumi.Output<string>;

  constructor(name: string, args: Inputs<ExistingSwarmInputs>, opts?: pulumi.CustomResourceOptions) {
    super("ExistingSwarm", name, args, { all: ["clusterId"] }, opts);
  }
}
