import type { Versioned } from "./object-version";

/** @spec EndpointPortConfig */
export interface ServicePort {
  PublishedPort?: number;
  TargetPort: number;
  Protocol: string;
  PublishMode: "ingress" | "host";
}

/** What a task needs of its node, in nanoseconds of processor time for each second and in bytes. */
export interface Reservations {
  NanoCPUs?: number;
  MemoryBytes?: number;
  GenericResources?: GenericResource[];
}

/** Something that nodes have a number of, or pieces with names. */
export interface GenericResource {
  DiscreteResourceSpec?: { Kind?: string; Value?: number };
  NamedResourceSpec?: { Kind?: string; Value?: string };
}

/** @spec Mount */
export interface ServiceMount {
  Type: string;
  /** Name of a volume; path for a bind. */
  Source?: string;
  VolumeOptions?: {
    Labels?: Record<string, string> | null;
    DriverConfig?: { Name?: string; Options?: Record<string, string> | null };
  };
}

/** @spec ServiceSpec */
export interface ServiceSpec {
  Name: string;
  Labels: Record<string, string> | null;
  TaskTemplate: {
    ContainerSpec?: {
      Image: string;
      TTY?: boolean;
      Mounts?: ServiceMount[] | null;
    };
    Resources?: { Reservations?: Reservations };
    Placement?: {
      Constraints?: string[];
      Preferences?: { Spread?: { SpreadDescriptor?: string } }[];
      MaxReplicas?: number;
      Platforms?: { Architecture?: string; OS?: string }[];
    };
    /** Times in nanoseconds. */
    RestartPolicy?: { Condition?: "none" | "on-failure" | "any"; Delay?: number; MaxAttempts?: number };
    Networks?: { Target?: string; Aliases?: string[] }[];
    LogDriver?: { Name?: string };
    ForceUpdate?: number;
  };
  Mode: {
    Replicated?: { Replicas: number };
    Global?: object;
    ReplicatedJob?: { TotalCompletions: number };
    GlobalJob?: object;
  };
  /** Times in nanoseconds. */
  UpdateConfig?: {
    Monitor?: number;
    Delay?: number;
    Order?: "stop-first" | "start-first";
    Parallelism?: number;
  };
  EndpointSpec?: { Ports?: ServicePort[] };
}

/** @spec Service */
export interface Service extends Versioned {
  Spec: ServiceSpec;
  UpdateStatus?: { State?: string; Message?: string; CompletedAt?: string };
  /** What the service was given: its virtual address in each of its networks, with the length of the prefix, and ports. */
  Endpoint?: { VirtualIPs?: { NetworkID?: string; Addr?: string }[] | null; Ports?: ServicePort[] };
  /** Of a job: which of its runs is the last one. The first has no number. */
  JobStatus?: { JobIteration?: { Index?: number } };
  ServiceStatus?: { RunningTasks: number; DesiredTasks: number; CompletedTasks?: number };
}
