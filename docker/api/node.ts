import type { GenericResource } from "./service";
import type { TlsInfo } from "./swarm";
import type { Versioned } from "./object-version";

/** @spec NodeSpec */
export interface NodeSpec {
  Name?: string;
  Labels: Record<string, string>;
  Role: "manager" | "worker";
  Availability: "active" | "pause" | "drain";
}

/**
 * A node has no host name, no version and no address before it has reported for the first time.
 *
 * @spec Node
 */
export interface SwarmNodeInspect extends Versioned {
  Spec: NodeSpec;
  Description: {
    Hostname?: string;
    Platform?: { Architecture?: string; OS?: string };
    Resources?: { NanoCPUs?: number; MemoryBytes?: number; GenericResources?: GenericResource[] };
    Engine: {
      EngineVersion?: string;
      Labels?: Record<string, string>;
      Plugins?: { Type?: string; Name?: string }[];
    };
    TLSInfo?: TlsInfo;
  };
  Status: { State: "unknown" | "down" | "ready" | "disconnected"; Message?: string; Addr?: string };
  ManagerStatus?: { Leader?: boolean; Reachability: "unknown" | "unreachable" | "reachable"; Addr?: string };
}
