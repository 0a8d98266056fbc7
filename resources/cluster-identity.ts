import type * as pulumi from "./pulumi";
import type { ClusterIdentityInputs } from "../contract/cluster-identity";
import { SwarmResource, type Inputs } from "./swarm-resource";

/** What decides whose an object is: a random text that the first update makes, and that state and labels carry. */
export class ClusterIdentity extends SwarmResource {
  readonly identity!: pulumi.Output<string>;

  constructor(name: string, args: Inputs<ClusterIdentityInputs>, opts?: pulumi.CustomResourceOptions) {
    super("ClusterIdentity", name, args, { all: ["identity"] }, opts);
  }
}
