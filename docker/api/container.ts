/** Of the answer as a whole the specification has no name. */
export interface ContainerInspect {
  Id: string;
  /** With a slash in front. */
  Name: string;
  State: ContainerState;
  Config: ContainerConfig;
  HostConfig: HostConfig;
}

/** @spec ContainerState */
export interface ContainerState {
  Running: boolean;
  ExitCode: number;
}

/** @spec ContainerConfig */
export interface ContainerConfig {
  Labels: Record<string, string> | null;
}

/** @spec HostConfig */
export interface HostConfig {
  NetworkMode: string;
  /** Bytes. */
  Memory: number;
  NanoCpus: number;
  PidsLimit?: number | null;
}

/**
 * A container, as a list tells of it.
 *
 * @spec ContainerSummary
 */
export interface ContainerSummary {
  Id: string;
  /** With a slash in front. */
  Names: string[] | null;
  Labels: Record<string, string>;
  /** A word: created, running, exited. */
  State: string;
  /** `Name` is a volume's. */
  Mounts?: { Type?: string; Name?: string }[] | null;
}
