import type { StackReference } from "@pulumi/pulumi/stackReference";
import type * as pulumi from "../resources/pulumi";
import type { ExportedCluster } from "../schema/existing-swarm";
import type { RegistryArgs } from "./registries";
import type { SshHostArgs, SshLoginArgs } from "../platforms/ssh/args";

/** A manager over SSH. Without any of the credentials the SSH agent is asked. */
export interface SshManagerArgs extends Omit<SshHostArgs, "name" | "privateAddress" | "labels"> {
  /** In messages. @default its address */
  name?: string;
}

/** A manager that is a container with a Docker Engine inside. */
export interface ContainerManagerArgs {
  /** In messages. @default that of the container */
  name?: string;
  /** Name or ID of the container. */
  container: string;
  /** Docker Engine that runs the container, as in DOCKER_HOST. @default what the docker CLI would use */
  dockerHost?: string;
}

/** A manager whose engine this machine reaches by itself, such as its own. Stacks need the docker CLI on this machine. */
export interface EngineManagerArgs {
  /** In messages. @default the address or context */
  name?: string;
  /** Address of the engine, as in DOCKER_HOST: `unix:///var/run/docker.sock`. Not `ssh:`, which checks no host key of yours. */
  dockerHost?: string;
  /** The docker context that names the engine, in place of `dockerHost`; `default` as in the docker CLI. */
  context?: string;
}

export type ExistingManagerArgs = SshManagerArgs | ContainerManagerArgs | EngineManagerArgs;

/** How a program that was told where managers are logs in to them: over SSH only. Without credentials the SSH agent is asked. */
export interface ManagerLoginArgs extends Omit<SshLoginArgs, "port" | "user"> {
  /** @default the user that the cluster's own program has */
  user?: string;
  /** Run everything by `sudo`, which must ask for no password. @default what the cluster's own program does */
  sudo?: boolean;
  /** The login of the bastion, where there is one. @default the same credentials, and the user of the cluster's own program */
  bastion?: Omit<SshLoginArgs, "port">;
}

interface Common {
  /** Registries that ask for a login: stacks get it, unless they have one of their own for the same server. @default none */
  registries?: RegistryArgs[];
  /**
   * At a destroy, leave in the swarm what is there where no manager can be asked any more. Takes an `up` to be known.
   * @default false: that destroy fails
   */
  forget?: boolean;
}

/** A swarm that is reached through given managers. */
export interface GivenClusterArgs extends Common {
  /** Managers of one swarm, to try in order. */
  managers: ExistingManagerArgs[];
  /** Cluster ID of the swarm that they have to be in. @default the one that they are in at first */
  clusterId?: pulumi.Input<string>;
  /** Where SSH host keys are looked up that are not given: `true` for ~/.ssh/known_hosts, or a file. @default false */
  knownHosts?: boolean | string;
  /** When the registry is asked for image digests at a deploy, where a stack does not say. @default "changed" */
  resolveImage?: ExportedCluster["resolveImage"];
}

/** A swarm that the program of another stack makes and exports: `export const cluster = prod.exported`. */
export interface ClusterOfStackArgs extends Common {
  /** The stack. */
  stack: Pick<StackReference, "getOutput" | "getOutputDetails">;
  /** Its output. @default "cluster" */
  output?: string;
  /** @default the SSH agent, where managers are reached over SSH */
  login?: ManagerLoginArgs;
}

export type ExistingClusterArgs = GivenClusterArgs | ClusterOfStackArgs;

export interface FromStackArgs extends Omit<ClusterOfStackArgs, "stack"> {
  /** Name of the component. @default that of the output */
  name?: string;
}

export const DEFAULT_OUTPUT = "cluster";
