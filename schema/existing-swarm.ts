import type { ManagerRef } from "./connection";
import type { SwarmStackInputs } from "./stack";
import type { ClusterNames, Owner } from "./owner";

/**
 * What a program tells others of its cluster: where its managers are and by what they are known, and nothing to log in
 * with. Whoever may talk to a manager may do everything.
 */
export interface ExportedCluster extends ClusterNames {
  /** Cluster ID of the swarm. */
  clusterId: string;
  /** Without keys, passwords and agents. */
  managers: ManagerRef[];
  /** Image tag → fingerprint of the images that its platform loaded into the nodes. */
  imageFingerprints: Record<string, string>;
  /** When the registry is asked for image digests at a deploy, where a stack does not say. */
  resolveImage: NonNullable<SwarmStackInputs["resolveImage"]>;
}

export interface ExistingSwarmInputs {
  /** Whose the objects are that are put into the swarm. @change fixed-owner */
  owner: Owner;
  /** Managers to try in order. @change update */
  managers: ManagerRef[];
  /** Cluster ID of the swarm that they have to be in. @default the one that they were in at first @change update */
  expectedId?: string;
  /** Go on with what is known where no manager can be asked. @default false @change connection */
  forget?: boolean;
}

export interface ExistingSwarmOutputs {
  /** Cluster ID of the swarm. */
  clusterId: string;
}
