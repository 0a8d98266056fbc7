import type { Reservations } from "./service";
import type { Versioned } from "./object-version";

/** @spec Task */
export interface Task extends Versioned {
  ServiceID?: string;
  /** Not there before the task has a place. */
  NodeID?: string;
  Slot?: number;
  DesiredState: string;
  Status: {
    State: string;
    Err?: string;
    Message?: string;
    Timestamp: string;
    ContainerStatus?: { ExitCode?: number; ContainerID?: string; PID?: number };
  };
  Spec: {
    ContainerSpec?: { Image: string };
    Resources?: { Reservations?: Reservations };
    ForceUpdate?: number;
  };
  /** Of a job: the run that it is part of. The first has no number. */
  JobIteration?: { Index?: number };
  /** Networks that the task is attached to, and its addresses there with the length of their prefix. */
  NetworksAttachments?: { Network: { ID: string }; Addresses?: string[] | null }[] | null;
}
