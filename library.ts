/** The package as a library: everything a program imports from "pulumi-swarm". */
export { SwarmCluster, type ClusterNode } from "./components/swarm-cluster";
export type { ManagersArgs, NodePoolArgs, SwarmClusterArgs, WantedNode } from "./components/cluster-args";
export {
  Config,
  Network,
  Secret,
  type ConfigArgs,
  type NetworkArgs,
  type SecretArgs,
} from "./components/objects";
export { Stack, type StackArgs } from "./components/stack";
export { LocalPlatform } from "./platforms/local/local-platform";
export type { LocalImage, LocalPlatformArgs, LocalPort } from "./platforms/local/args";
export type {
  ClusterRequest,
  Finished,
  Machine,
  NodeRequest,
  Platform,
  PreparedPlatform,
} from "./platforms/platform";
export type {
  Connection,
  ContainerConnection,
  ManagerRef,
  SshConnection,
  SwarmRef,
} from "./contract/connection";
export type { Availability, Role, SwarmSettings } from "./contract/swarm";
export type { StackService } from "./contract/objects";
