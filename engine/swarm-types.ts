/** The parts of the Engine API's answers that this project reads (API 1.41 to 1.55, docs.docker.com/engine/api). */

export interface Versioned {
  ID: string;
  Version: { Index: number };
  CreatedAt: string;
}

export type LocalNodeState = "" | "inactive" | "pending" | "active" | "error" | "locked";

export interface EngineInfo {
  /** Identity of the engine, made at its first start. */
  ID: string;
  Name: string;
  ServerVersion: string;
  /** The engine's data folder. */
  DockerRootDir: string;
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

export interface SwarmSpec {
  Name: string;
  Labels: Record<string, string>;
  Orchestration: { TaskHistoryRetentionLimit?: number };
  Raft: {
    SnapshotInterval?: number;
    KeepOldSnapshots?: number;
    LogEntriesForSlowFollowers?: number;
    ElectionTick: number;
    HeartbeatTick: number;
  };
  Dispatcher: { HeartbeatPeriod?: number };
  CAConfig: { NodeCertExpiry?: number; ForceRotate?: number };
  EncryptionConfig: { AutoLockManagers: boolean };
  TaskDefaults: object;
}

/** Root certificate that is trusted, and the key of the certificate authority that signed. */
export interface TlsInfo {
  TrustRoot: string;
  CertIssuerPublicKey: string;
}

export interface SwarmInspect extends Versioned {
  Spec: SwarmSpec;
  TLSInfo: TlsInfo;
  RootRotationInProgress: boolean;
  DefaultAddrPool: string[] | null;
  SubnetSize: number;
  DataPathPort: number;
  JoinTokens: { Worker: string; Manager: string };
}

export interface NodeSpec {
  Name?: string;
  Labels: Record<string, string>;
  Role: "manager" | "worker";
  Availability: "active" | "pause" | "drain";
}

export interface SwarmNodeInspect extends Versioned {
  Spec: NodeSpec;
  Description: { Hostname: string; Engine: { EngineVersion: string }; TLSInfo?: TlsInfo };
  Status: { State: "unknown" | "down" | "ready" | "disconnected"; Message?: string; Addr: string };
  ManagerStatus?: { Leader?: boolean; Reachability: "unknown" | "unreachable" | "reachable"; Addr: string };
}

export interface Task extends Versioned {
  ServiceID: string;
  NodeID: string;
  Slot?: number;
  DesiredState: string;
  Status: {
    State: string;
    Err?: string;
    Message?: string;
    Timestamp: string;
    ContainerStatus?: { ExitCode?: number; ContainerID?: string; PID?: number };
  };
  Spec: { ForceUpdate?: number };
  /** Networks that the task is attached to, and its addresses there with the length of their prefix. */
  NetworksAttachments?: { Network: { ID: string }; Addresses: string[] | null }[] | null;
}
