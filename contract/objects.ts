import type { SwarmRef } from "./connection";
import type { Owner } from "./owner";

/** What every object that a program puts into a swarm is told. */
export interface InSwarm extends SwarmRef {
  owner: Owner;
  /** At its delete, leave it behind where its swarm cannot be asked. Not for a swarm of the same program. @default false */
  forget?: boolean;
}

export interface ConfigInputs extends InSwarm {
  /** Logical name; the config's name in the swarm is this plus a hash of the content. */
  name: string;
  /** The content, 1 byte to 1000 KiB. */
  data: string;
  /** @default none */
  labels?: Record<string, string>;
  /** Fills placeholders such as {{.Service.Name}} or {{.Task.ID}} in each task. @default false */
  templated?: boolean;
}

export interface SecretInputs extends InSwarm {
  /** Logical name; the secret's name in the swarm is this plus a hash that does not give the content away. */
  name: string;
  /** The content, 1 byte to 500 KiB. A Pulumi secret. */
  data: string;
  /** @default none */
  labels?: Record<string, string>;
  templated?: boolean;
}

export interface VersionedOutputs {
  /** ID of the object in the swarm. */
  objectId: string;
  /** Its name in the swarm, content hash included. */
  objectName: string;
}

export interface NetworkInputs extends InSwarm {
  /** Name of the network in the swarm. */
  name: string;
  /** Containers outside of services may attach. @default false */
  attachable?: boolean;
  /** Traffic between nodes is encrypted (IPsec). @default false */
  encrypted?: boolean;
  /** No way out of the network. @default false */
  internal?: boolean;
  /** IPv4 range in CIDR form. @default cut from the swarm's address pools */
  subnet?: string;
  /** @default the first address of the subnet */
  gateway?: string;
  /** Part of the subnet that tasks get addresses from, in CIDR form. */
  ipRange?: string;
  /** Driver options. */
  options?: Record<string, string>;
  labels?: Record<string, string>;
}

export interface NetworkOutputs {
  networkId: string;
}

/** One compose file, its text included, so that a change of the file is a change of the stack. */
export interface ComposeFile {
  /** Path as the user gave it, for messages. */
  name: string;
  content: string;
}

export interface SwarmStackInputs extends InSwarm {
  /** Name of the stack in the swarm; its services are `<name>_<service>`. */
  name: string;
  /** Compose files; later ones override earlier ones. */
  composeFiles: ComposeFile[];
  /** Name in the compose file → name of the secret in the swarm. */
  secrets?: Record<string, string>;
  /** Name in the compose file → name of the config in the swarm. */
  configs?: Record<string, string>;
  /** Name in the compose file → name of the network in the swarm. */
  networks?: Record<string, string>;
  /** Values for ${VARIABLES} of the compose files. */
  environment?: Record<string, string>;
  /** When the registry is asked for image digests. @default "never" for a local platform, else "changed" */
  resolveImage?: "always" | "changed" | "never";
  /** Seconds until every service has to run. @default 300 */
  convergeTimeout?: number;
  /** Image tag → fingerprint of what is loaded under it: services with another content under the same tag are renewed. */
  imageFingerprints?: Record<string, string>;
  /**
   * Set by `refresh` alone: what was changed by hand, so that the next update deploys again, and services that are short of
   * tasks, so that it waits for them.
   */
  drift?: string[];
}

export interface StackService {
  /** Name of the service in the swarm. */
  name: string;
  image: string;
  /** Running tasks when the deploy had converged. */
  replicas: number;
  /** Ports published by the service: "8080->80/tcp (host)". */
  ports: string[];
  /** Tells whether the service was changed by hand since. */
  specDigest: string;
}

export interface SwarmStackOutputs {
  services: StackService[];
}
