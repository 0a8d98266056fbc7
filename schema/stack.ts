import type { InSwarm } from "./objects";

/** One compose file, its text included, so that a change of the file is a change of the stack. */
export interface ComposeFile {
  /** Path as the user gave it, for messages. */
  name: string;
  /** Its text. */
  content: string;
}

/** A file of this machine that a compose file names: under `env_file`, or as the `file` of a config or secret. */
export interface StackFile {
  /** Which of the compose files names it, from 0. @integer */
  composeFile: number;
  /** Its path as it is written there, variables filled in. */
  path: string;
  /** What it holds, in Base64. */
  content: string;
}

export interface SwarmStackInputs extends InSwarm {
  /** Name of the stack in the swarm; its services are `<name>_<service>`. @change replace */
  name: string;
  /** Compose files; later ones override earlier ones. @change update */
  composeFiles: ComposeFile[];
  /** Files that the compose files name. @default none @change update @secret */
  files?: StackFile[];
  /** Name in the compose file → name of the secret in the swarm. @change update */
  secrets?: Record<string, string>;
  /** Name in the compose file → name of the config in the swarm. @change update */
  configs?: Record<string, string>;
  /** Name in the compose file → name of the network in the swarm. @change update */
  networks?: Record<string, string>;
  /** Values for ${VARIABLES} of the compose files. @change update */
  environment?: Record<string, string>;
  /** Registries that ask for a login → the user. The nodes get it with each deploy, and no manager keeps it in a file. @default none @change update */
  registries?: Record<string, string>;
  /** Registry → its user's password. @default none @change update @secret */
  registryPasswords?: Record<string, string>;
  /** Registry → certificate of its authority, as PEM: a manager trusts it while it asks that registry. @default none @change connection */
  registryCertificates?: Record<string, string>;
  /**
   * When the registry is asked for image digests. @default "never" for a local platform, else "changed"
   * @change update
   */
  resolveImage?: "always" | "changed" | "never";
  /** Seconds until every service has to run. @default 300 @change connection */
  convergeTimeout?: number;
  /**
   * What becomes of a deployment that fails. "rollback": all services run again as before, with their configs and secrets, and what
   * a first one has made is removed. "pause": Docker pauses the update of each service that fails, whatever its own settings say.
   * "leave": what the compose files say of each service. It fails in any case. @default "leave"
   * @change connection
   */
  onFailure?: "rollback" | "pause" | "leave";
  /** Last lines of the log of each service that fails, which its error repeats; 0 for none. @default 20 @integer @change connection */
  logsOnFailure?: number;
  /**
   * What of the services somebody else owns: "services.NAME.replicas", "services.NAME.image". It is as the compose files say when
   * the service is made, and stays as it is from then on. @default none
   * @change update
   */
  ignore?: string[];
  /**
   * Names of services that come first, stage by stage: the services of a stage have to run, and its jobs to have ended well, before the
   * next one begins. Services that it does not name come last. @default all at once
   * @change connection
   */
  stages?: string[][];
  /** Take over a stack of this name that somebody else has deployed. @default false @change connection */
  adopt?: boolean;
  /**
   * Image tag → fingerprint of what is loaded under it: services with another content under the same tag are renewed.
   * @change update
   */
  imageFingerprints?: Record<string, string>;
  /**
   * Set by `refresh` alone: what was changed by hand, so that the next update deploys again, and services that are short of
   * tasks, so that it waits for them.
   * @change update
   */
  drift?: string[];
  /**
   * Set by the provider alone: what the compose files come to, service by service, without anything secret. A preview shows
   * what differs in it.
   * @change update
   */
  definition?: StackDefinition;
}

/** Section of the merged compose file (`services`, `networks` …) → name in it → what it is. */
export type StackDefinition = Record<string, Record<string, unknown>>;

export interface StackService {
  /** Name of the service in the swarm. */
  name: string;
  /** ID of the service in the swarm. */
  id: string;
  /** Image of its tasks, with digest where that is known. */
  image: string;
  /** The image's digest: "sha256:…". Missing where no registry was asked. */
  digest?: string;
  /** Running tasks when the deploy had converged. @integer */
  replicas: number;
  /** Ports published by the service: "8080->80/tcp (host)". */
  ports: string[];
  /** Where its published ports are reached. */
  endpoints: StackEndpoint[];
  /** Names of the networks that its tasks are in. */
  networks: string[];
  /** Tells whether the service was changed by hand since. */
  specDigest: string;
  /** Fields of its spec that somebody else owns. @default none */
  ignored?: string[];
}

/** A published port of a service on one node. */
export interface StackEndpoint {
  /** Name of the node: of each one for a port of the routing mesh, else of those that run a task. */
  node: string;
  /** The node's address in the swarm. */
  address: string;
  /** The port there. @integer */
  port: number;
  /** The port in the container. @integer */
  targetPort: number;
  /** "tcp", "udp" or "sctp". */
  protocol: string;
  /** "ingress" (routing mesh) or "host". */
  mode: string;
}

export interface SwarmStackOutputs {
  /** The services of the stack, once they run. */
  services: StackService[];
  /** Tells what of a service was changed by hand: service → field of its spec → digest. */
  specFields: Record<string, Record<string, string>>;
}

/** A service as the state has it: what is known of its deployment. */
export interface DeployedService extends StackService {
  specFields?: Record<string, string>;
}

/** The services of a stack, with what tells whether they were changed. */
export function deployedServices({ services, specFields }: Partial<SwarmStackOutputs>): DeployedService[] {
  return (services ?? []).map((service) => ({ ...service, specFields: specFields?.[service.name] }));
}
