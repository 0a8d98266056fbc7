export type LocalNodeState = "" | "inactive" | "pending" | "active" | "error" | "locked";

/** @spec SystemInfo */
export interface EngineInfo {
  /** Identity of the engine, made at its first start. */
  ID: string;
  Name: string;
  ServerVersion: string;
  /** The engine's data folder. */
  DockerRootDir: string;
  KernelVersion: string;
  /** Bytes. */
  MemTotal: number;
  /** Processors. */
  NCPU: number;
  Swarm: {
    NodeID: string;
    NodeAddr: string;
    LocalNodeState: LocalNodeState;
    ControlAvailable: boolean;
    Error: string;
    RemoteManagers: { NodeID: string; Addr: string }[] | null;
    Cluster?: { ID: string; DefaultAddrPool: string[] | null; DataPathPort: number };
  };
}
