import type * as pulumi from "../resources/pulumi";
import type { Cluster } from "./cluster";
import type { Config, Network, Secret } from "./objects";
import type { StackArgs } from "./stack";

type Text = pulumi.Input<string>;

/** A port of a service: "8080:80", "53:53/udp", or its parts. */
export interface PortArgs {
  /** The port in the container. */
  target: number;
  /** The port outside. @default one that the swarm chooses */
  published?: pulumi.Input<number>;
  /** "tcp", "udp" or "sctp". @default "tcp" */
  protocol?: "tcp" | "udp" | "sctp";
  /** "ingress" is the routing mesh, "host" the node that a task runs on. @default "ingress" */
  mode?: "ingress" | "host";
}

/** What a service has mounted. */
export interface MountArgs {
  /** @default "volume" */
  type?: "volume" | "bind" | "tmpfs";
  /** Name of a volume, or path on the node for a bind. @default a volume without a name */
  source?: Text;
  /** Path in the container. */
  target: string;
  /** @default false */
  readOnly?: boolean;
  volume?: { nocopy?: boolean };
  bind?: { propagation?: string };
  /** Size in bytes. */
  tmpfs?: { size?: number };
}

/** A named volume that a service mounts. */
export interface VolumeArgs {
  /** @default "local" */
  driver?: string;
  driverOpts?: Record<string, Text>;
  labels?: Record<string, Text>;
  /** Its whole name on each node. @default `<stack>_<volume>` */
  name?: Text;
  /** Whether it is there already. @default false */
  external?: boolean;
}

/** A secret or config as a file of each container. */
interface FileArgs {
  /** Its path there; one that is no absolute path begins at /run/secrets for a secret, at / for a config. @default its name */
  target?: string;
  /** Owner of the file. @default "0" */
  uid?: string;
  gid?: string;
  /** Its permissions. @default 0o444 */
  mode?: number;
}

/** Where tasks may run. */
export interface PlacementArgs {
  /** Such as "node.labels.disk == ssd". */
  constraints?: Text[];
  preferences?: { spread: string }[];
  maxReplicasPerNode?: pulumi.Input<number>;
}

/** How tasks are renewed. */
export interface UpdateArgs {
  /** Tasks at once; 0 for all. @default 1 */
  parallelism?: pulumi.Input<number>;
  /** Between two of them, such as "10s". @default "0s" */
  delay?: string;
  failureAction?: "pause" | "continue" | "rollback";
  /** How long a new task has to stay up, such as "10s". @default "5s" */
  monitor?: string;
  /** Part of the tasks that may fail, from 0 to 1. @default 0 */
  maxFailureRatio?: number;
  /** @default "stop-first" */
  order?: "stop-first" | "start-first";
}

/** Whether a task that ended is started again. */
export interface RestartArgs {
  condition?: "none" | "on-failure" | "any";
  /** Before each attempt, such as "5s". */
  delay?: string;
  maxAttempts?: number;
  /** How long a task has to stay up for an attempt to count as one that succeeded. */
  window?: string;
}

export interface ResourcesArgs {
  /** `cpus` as a text: "0.5"; `memory` such as "256M". */
  limits?: { cpus?: Text; memory?: Text; pids?: number };
  reservations?: { cpus?: Text; memory?: Text };
}

/** How a container tells that it is well. */
export interface HealthArgs {
  /** ["CMD", …], ["CMD-SHELL", "…"], or a shell command. @default that of the image */
  test?: string | string[];
  interval?: string;
  timeout?: string;
  retries?: number;
  startPeriod?: string;
  /** No check, that of the image neither. @default false */
  disable?: boolean;
}

/** What a {@link Service} and a {@link Job} have in common: a container, and where it runs. */
export interface ContainerArgs extends Pick<
  StackArgs,
  "registries" | "resolveImage" | "convergeTimeout" | "logsOnFailure" | "adopt"
> {
  /** The cluster that it runs on. */
  cluster: Cluster;
  image: Text;
  /** Arguments of the entrypoint. @default those of the image */
  command?: Text[];
  /** @default that of the image */
  entrypoint?: Text[];
  /** Environment variables. */
  env?: Record<string, Text>;
  /**
   * Networks by the names that the service calls them: of the program, or names in the swarm; with further names of the service in them.
   * @default one of its own
   */
  networks?: Record<string, Network | string | { network: Network | string; aliases?: string[] }>;
  /** Secrets by the names of their files in /run/secrets: of the program, or names in the swarm. @default none */
  secrets?: Record<string, Secret | string | ({ secret: Secret | string } & FileArgs)>;
  /** Configs by the names of their files in /: of the program, or names in the swarm. @default none */
  configs?: Record<string, Config | string | ({ config: Config | string } & FileArgs)>;
  /** @default none */
  mounts?: MountArgs[];
  /** Settings of named volumes. @default those of Docker, and a name that begins with the service's */
  volumes?: Record<string, VolumeArgs>;
  placement?: PlacementArgs;
  resources?: ResourcesArgs;
  restart?: RestartArgs;
  /** Labels of the service. */
  labels?: Record<string, Text>;
  /** Labels of its containers. */
  containerLabels?: Record<string, Text>;
  logging?: { driver: string; options?: Record<string, Text> };
  user?: string;
  workingDir?: string;
  /** May hold templates: "{{.Node.Hostname}}". */
  hostname?: string;
  /** Such as "SIGQUIT". */
  stopSignal?: string;
  /** Until a task that does not end is killed, such as "30s". @default "10s" */
  stopGracePeriod?: string;
  init?: boolean;
  /** Whether the containers' root file system is read-only. @default false */
  readOnly?: boolean;
  capAdd?: string[];
  capDrop?: string[];
  extraHosts?: string[];
  dns?: string[];
  sysctls?: Record<string, string>;
}

export interface ServiceArgs extends ContainerArgs, Pick<StackArgs, "onFailure"> {
  /** "global": a task on each node. @default "replicated" */
  mode?: "replicated" | "global";
  /** Tasks of a replicated service. @default 1 */
  replicas?: pulumi.Input<number>;
  /** Ports that are published. @default none */
  ports?: (string | PortArgs)[];
  update?: UpdateArgs;
  rollback?: UpdateArgs;
  health?: HealthArgs;
  /** "dnsrr": its name leads to the tasks themselves. @default "vip", an address of its own */
  endpointMode?: "vip" | "dnsrr";
  /**
   * What somebody else owns, an autoscaler for one: it is as the program says when the service is made, and stays as it is from then on.
   * @default none
   */
  ignore?: ("replicas" | "image")[];
}

export interface JobArgs extends ContainerArgs {
  /** "global": once on each node. @default "replicated" */
  mode?: "replicated" | "global";
  /** Tasks of a replicated job, all at once. @default 1 */
  replicas?: pulumi.Input<number>;
  /** Whether a task that failed is tried again. @default { condition: "none" } */
  restart?: RestartArgs;
  /**
   * It runs when it is new, and once more whenever one of these values changes; a change of anything else is kept until then.
   * @default what it runs: its image, command, environment and all the rest of it
   */
  triggers?: pulumi.Input<unknown>[];
  /** Last lines of each task that `logs` has; 0 for none. @default 100 */
  logLines?: number;
  /** What becomes of one that fails: "rollback" removes it. @default "leave" */
  onFailure?: "rollback" | "leave";
}
