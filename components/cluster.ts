import type * as pulumi from "../resources/pulumi";
import type { ExportedCluster } from "../schema/existing-swarm";
import type { SwarmRef } from "../schema/connection";
import { resourceAt } from "../resources/by-urn";
import type { OwnerArgs } from "../resources/resource-class";
import type { RegistryArgs } from "./registries";

/**
 * A swarm that stacks, secrets, configs and networks are put into: one that this program makes (`SwarmCluster`) or one
 * that is there (`ExistingCluster`). Nothing but values that are registered outputs, so whatever has them is one.
 */
export interface Cluster {
  /** Cluster ID of the swarm. */
  readonly clusterId: pulumi.Output<string>;
  /** What objects inside the swarm are told: its ID and its managers' connections. */
  readonly ref: pulumi.Output<SwarmRef>;
  /** Whose the objects are: names, and the identity that decides. */
  readonly owner: OwnerArgs;
  /** URNs of what a stack waits for: all nodes joined and images loaded. Empty where another program sees to that. */
  readonly ready: pulumi.Output<string[]>;
  /** URN of the resource that takes all in the swarm along when it goes. @default none: what is in it is deleted one by one */
  readonly deletedWith?: pulumi.Output<string>;
  /** Image tag → fingerprint of the images that are loaded into the nodes. */
  readonly imageFingerprints: pulumi.Output<Record<string, string>>;
  /** When the registry is asked for image digests at a deploy, where a stack does not say. */
  readonly resolveImage: pulumi.Output<ExportedCluster["resolveImage"]>;
  /** Registries whose logins its stacks get. @default none */
  readonly registries?: readonly RegistryArgs[];
  /** At their delete, leave objects behind where the swarm cannot be asked. @default false */
  readonly forget?: boolean;
}

/** Where an object is, and whose: what each one is told. */
export function placeIn({ owner, clusterId, ref, forget }: Cluster) {
  return { owner, clusterId, managers: ref.managers, forget };
}

/** Options of the resource of an object that lives in a cluster. */
export function optionsIn({ deletedWith }: Cluster, parent: pulumi.Resource): pulumi.CustomResourceOptions {
  return { parent, ...(deletedWith ? { deletedWith: resourceAt(deletedWith) } : {}) };
}
