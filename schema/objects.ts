import type { SwarmRef } from "./connection";
import type { Owner } from "./owner";

/** What every object that a program puts into a swarm is told. */
export interface InSwarm extends SwarmRef {
  /** Whose it is: its labels say so. @change owner */
  owner: Owner;
  /**
   * At its delete, leave it behind where its swarm cannot be asked. Not for a swarm of the same program. @default false
   * @change connection
   */
  forget?: boolean;
}

export interface ConfigInputs extends InSwarm {
  /** Logical name; the config's name in the swarm is this plus a hash of the content. @change replace */
  name: string;
  /** The content, 1 byte to 1000 KiB. @change replace */
  data: string;
  /**
   * How many versions stay in the swarm, 1 to 100, the current one among them: former ones for a rollback. @default 1
   * @change update @integer
   */
  keep?: number;
  /** Labels of the config. @default none @change update */
  labels?: Record<string, string>;
  /** Fills placeholders such as {{.Service.Name}} or {{.Task.ID}} in each task. @default false @change replace */
  templated?: boolean;
  /**
   * Take over a config of just this name that somebody else has made, with this content. @default false
   * @change connection
   */
  adopt?: boolean;
}

export interface SecretInputs extends InSwarm {
  /**
   * Logical name; the secret's name in the swarm is this plus a hash that does not give the content away.
   * @change replace
   */
  name: string;
  /** The content, 1 byte to 500 KiB. @change replace @secret */
  data: string;
  /**
   * How many versions stay in the swarm, 1 to 100, the current one among them: former ones for a rollback. @default 1
   * @change update @integer
   */
  keep?: number;
  /** Labels of the secret. @default none @change update */
  labels?: Record<string, string>;
  /** Fills placeholders such as {{.Service.Name}} or {{.Task.ID}} in each task. @default false @change replace */
  templated?: boolean;
  /**
   * Take over a secret of just this name that somebody else has made. Its content is believed. @default false
   * @change connection
   */
  adopt?: boolean;
}

export interface VersionedOutputs {
  /** ID of the object in the swarm. */
  objectId: string;
  /** Its name in the swarm, content hash included; that of an object that was taken over stays. */
  objectName: string;
}

export interface NetworkInputs extends InSwarm {
  /** Whose it is: its labels say so. @change fixed-owner */
  owner: Owner;
  /** Name of the network in the swarm; a later version of it has a hash of its settings behind it. @change replace */
  name: string;
  /** Containers outside of services may attach. @default false @change replace */
  attachable?: boolean;
  /** Traffic between nodes is encrypted (IPsec). @default false @change replace */
  encrypted?: boolean;
  /** No way out of the network. @default false @change replace */
  internal?: boolean;
  /** IPv4 range in CIDR form. @default cut from the swarm's address pools @change replace */
  subnet?: string;
  /** IPv4 address that the network's gateway has. @default the first address of the subnet @change replace */
  gateway?: string;
  /** Part of the subnet that tasks get addresses from, in CIDR form. @change replace */
  ipRange?: string;
  /** Driver options. @change replace */
  options?: Record<string, string>;
  /** Labels of the network. @default none @change replace */
  labels?: Record<string, string>;
  /**
   * Take over a network of this name that somebody else has made, with these settings. @default false
   * @change connection
   */
  adopt?: boolean;
}

export interface NetworkOutputs {
  /** ID of the network in the swarm. */
  networkId: string;
  /** Its name in the swarm: the plain one of the first version, later ones have a hash of their settings behind it. */
  objectName: string;
}
