import type { Versioned } from "./object-version";

/** @spec EndpointPortConfig */
export interface ServicePort {
  PublishedPort?: number;
  TargetPort: number;
  Protocol: string;
  PublishMode: "ingress" | "host";
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
  TaskTemplate: { ContainerSpec?: { Image: string; Mounts?: ServiceMount[] | null }; ForceUpdate?: number };
  Mode: {
    Replicated?: { Replicas: number };
    Global?: object;
    ReplicatedJob?: { TotalCompletions: number };
    GlobalJob?: object;
  };
  UpdateConfig?: { Monitor?: number; Order?: "stop-first" | "start-first"; Parallelism?: number };
  EndpointSpec?: { Ports?: ServicePort[] };
}

/** @spec Service */
export interface Service extends Versioned {
  Spec: ServiceSpec;
  UpdateStatus?: { State?: string; Message?: string };
  /** What the service was given: its virtual address in each of its networks, with the length of the prefix, and ports. */
  Endpoint?: { VirtualIPs?: { NetworkID?: string; Addr?: string }[] | null; Ports?: ServicePort[] };
  ServiceStatus?: { RunningTasks: number; DesiredTasks: number; CompletedTasks?: number };
}
