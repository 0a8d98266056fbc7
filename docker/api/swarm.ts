import type { Versioned } from "./object-version";

/** @spec SwarmSpec */
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

/**
 * Root certificate that is trusted, and the key of the certificate authority that signed.
 *
 * @spec TLSInfo
 */
export interface TlsInfo {
  TrustRoot: string;
  CertIssuerPublicKey: string;
}

/** @spec Swarm */
export interface SwarmInspect extends Versioned {
  Spec: SwarmSpec;
  TLSInfo: TlsInfo;
  RootRotationInProgress: boolean;
  DefaultAddrPool: string[] | null;
  SubnetSize: number;
  DataPathPort: number;
  JoinTokens: { Worker: string; Manager: string };
}
