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
  /** What it is: a volume, a path of the node, or memory. @default "volume" */
  type?: "volume" | "bind" | "tmpfs";
  /** Name of a volume, or path on the node for a bind. @default a volume without a name */
  source?: Text;
  /** Path in the container. */
  target: string;
  /** Whether the container cannot write to it. @default false */
  readOnly?: boolean;
  /** Of a volume: whether it stays empty where the image has files at its target. @default what the image has is copied */
  volume?: {
    /** Whether nothing is copied into it. @default false */
    nocopy?: boolean;
  };
  /** Of a bind. @default Docker's own */
  bind?: {
    /** Which mounts below it the two sides see of each other, such as "rslave". @default "rprivate" */
    propagation?: string;
  };
  /** Of a tmpfs. @default as much memory as there is */
  tmpfs?: {
    /** In bytes. @default as much memory as there is */
    size?: number;
  };
}

/** A named volume that a service mounts. */
export interface VolumeArgs {
  /** Of the volume. @default "local" */
  driver?: string;
  /** Settings of the driver. @default none */
  driverOpts?: Record<string, Text>;
  /** Labels of the volume. @default none */
  labels?: Record<string, Text>;
  /** Its whole name on each node. @default `<stack>_<volume>` */
  name?: Text;
  /** Whether it is there already. @default false */
  external?: boolean;
}

/** A secret or config as a file of each container. */
export interface FileArgs {
  /** Its path there; one that is no absolute path begins at /run/secrets for a secret, at / for a config. @default its name */
  target?: string;
  /** Owner of the file. @default "0" */
  uid?: string;
  /** Group of the file. @default "0" */
  gid?: string;
  /** Its permissions. @default 0o444 */
  mode?: number;
}

/** Where tasks may run. */
export interface PlacementArgs {
  /** What a node has to be, such as "node.labels.disk == ssd". @default none */
  constraints?: Text[];
  /** What tasks are spread over evenly, the first one first. @default the nodes */
  preferences?: {
    /** Such as "node.labels.zone". */
    spread: string;
  }[];
  /** Most tasks on one node. @default no limit */
  maxReplicasPerNode?: pulumi.Input<number>;
}

/** How tasks are renewed. */
export interface UpdateArgs {
  /** Tasks at once; 0 for all. @default 1 */
  parallelism?: pulumi.Input<number>;
  /** Between two of them, such as "10s". @default "0s" */
  delay?: string;
  /** What Docker does when a task fails. @default "pause" */
  failureAction?: "pause" | "continue" | "rollback";
  /** How long a new task has to stay up, such as "10s". @default "5s" */
  monitor?: string;
  /** Part of the tasks that may fail, from 0 to 1. @default 0 */
  maxFailureRatio?: number;
  /** Whether a task ends before or after its successor runs. @default "stop-first" */
  order?: "stop-first" | "start-first";
}

/** Whether a task that ended is started again. */
export interface RestartArgs {
  /** After which ends. @default "any" */
  condition?: "none" | "on-failure" | "any";
  /** Before each attempt, such as "5s". @default "5s" */
  delay?: string;
  /** How often at most. @default no limit */
  maxAttempts?: number;
  /** How long a task has to stay up for an attempt to count as one that succeeded. @default Docker's own */
  window?: string;
}

/** What a task gets of its node. */
export interface ResourcesArgs {
  /** What it cannot exceed. @default none */
  limits?: {
    /** Processors, as a text: "0.5". @default no limit */
    cpus?: Text;
    /** Such as "256M". @default no limit */
    memory?: Text;
    /** Processes. @default no limit */
    pids?: number;
  };
  /** What a node has to have free for it. @default none */
  reservations?: {
    /** Processors, as a text: "0.5". @default none */
    cpus?: Text;
    /** Such as "256M". @default none */
    memory?: Text;
  };
}

/** How a container tells that it is well. */
export interface HealthArgs {
  /** ["CMD", …], ["CMD-SHELL", "…"], or a shell command. @default that of the image */
  test?: string | string[];
  /** Between two checks, such as "10s". @default that of the image, else "30s" */
  interval?: string;
  /** After which a check has failed. @default that of the image, else "30s" */
  timeout?: string;
  /** Failed checks in a row until the task counts as unhealthy, and is replaced. @default that of the image, else 3 */
  retries?: number;
  /** How long checks may fail at first. @default that of the image, else none */
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
  /** Image of its tasks. */
  image: Text;
  /** Arguments of the entrypoint. @default those of the image */
  command?: Text[];
  /** What the container runs. @default that of the image */
  entrypoint?: Text[];
  /** Environment variables. @default those of the image */
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
  /** What its containers have mounted. @default none */
  mounts?: MountArgs[];
  /** Settings of named volumes. @default those of Docker, and a name that begins with the service's */
  volumes?: Record<string, VolumeArgs>;
  /** Where its tasks may run. @default any node that is active */
  placement?: PlacementArgs;
  /** What each task gets of its node. @default no limit */
  resources?: ResourcesArgs;
  /** Whether a task that ended is started again. @default always */
  restart?: RestartArgs;
  /** Labels of the service. @default none */
  labels?: Record<string, Text>;
  /** Labels of its containers. @default none */
  containerLabels?: Record<string, Text>;
  /** Where its output goes. @default that of the node's engine */
  logging?: {
    /** Such as "local". */
    driver: string;
    /** Settings of the driver. @default none */
    options?: Record<string, Text>;
  };
  /** User that it runs as, such as "1000:1000". @default that of the image */
  user?: string;
  /** Folder that its command begins in. @default that of the image */
  workingDir?: string;
  /** May hold templates: "{{.Node.Hostname}}". @default the container's ID */
  hostname?: string;
  /** By which its tasks are told to end, such as "SIGQUIT". @default that of the image, else "SIGTERM" */
  stopSignal?: string;
  /** Until a task that does not end is killed, such as "30s". @default "10s" */
  stopGracePeriod?: string;
  /** Whether an init process reaps what its processes leave. @default that of the node's engine */
  init?: boolean;
  /** Whether the containers' root file system is read-only. @default false */
  readOnly?: boolean;
  /** Capabilities that its containers get beside Docker's, such as "NET_ADMIN". @default none */
  capAdd?: string[];
  /** Capabilities that they do not get, or "ALL". @default none */
  capDrop?: string[];
  /** Names with addresses in /etc/hosts: "db:192.0.2.5". @default none */
  extraHosts?: string[];
  /** Name servers. @default those of the node's engine */
  dns?: string[];
  /** Settings of the kernel that belong to a container. @default none */
  sysctls?: Record<string, string>;
}

export interface ServiceArgs extends ContainerArgs, Pick<StackArgs, "onFailure"> {
  /** "global": a task on each node. @default "replicated" */
  mode?: "replicated" | "global";
  /** Tasks of a replicated service. @default 1 */
  replicas?: pulumi.Input<number>;
  /** Ports that are published. @default none */
  ports?: (string | PortArgs)[];
  /** How its tasks are renewed. @default one at a time, the old one first */
  update?: UpdateArgs;
  /** How Docker takes an update back. @default the same */
  rollback?: UpdateArgs;
  /** How its containers tell that they are well. @default that of the image */
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
