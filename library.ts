/** The package as a library: everything a program imports from "pulumi-swarm". */
export type { ClusterNode } from "./components/cluster-machines";
export { SwarmCluster } from "./components/swarm-cluster";
export type { DockerProvider, DockerProviderArgs } from "./components/docker-provider";
export type { ManagersArgs, NodePoolArgs, SwarmClusterArgs, WantedNode } from "./components/cluster-args";
export type { Cluster } from "./components/cluster";
export { ExistingCluster } from "./components/existing-cluster";
export type {
  ClusterOfStackArgs,
  ContainerManagerArgs,
  EngineManagerArgs,
  ExistingClusterArgs,
  ExistingManagerArgs,
  FromStackArgs,
  GivenClusterArgs,
  ManagerLoginArgs,
  SshManagerArgs,
} from "./components/existing-cluster-args";
export type { ExportedCluster } from "./schema/existing-swarm";
export type { AfterJoinCommand } from "./components/after-join";
export {
  Config,
  Network,
  Secret,
  type ConfigArgs,
  type NetworkArgs,
  type SecretArgs,
} from "./components/objects";
export { Stack, type StackArgs } from "./components/stack";
export { Registry, type ClusterRegistryArgs } from "./components/cluster-registry";
export type { RegistryArgs } from "./components/registries";
export { Job, Service } from "./components/service";
export type {
  ContainerArgs,
  HealthArgs,
  JobArgs,
  MountArgs,
  PlacementArgs,
  PortArgs,
  ResourcesArgs,
  RestartArgs,
  ServiceArgs,
  UpdateArgs,
  VolumeArgs,
} from "./components/service-args";
export type { ComposeText } from "./components/compose-files";
export { LocalPlatform } from "./platforms/local/local-platform";
export type { LocalImage, LocalMachine, LocalPlatformArgs, LocalPort } from "./platforms/local/args";
export { SshPlatform } from "./platforms/ssh/ssh-platform";
export { readInventory, readSshConfig, type Inventory } from "./platforms/ssh/inventory";
export type {
  SshBastionArgs,
  SshHostArgs,
  SshLoginArgs,
  SshMachine,
  SshPlatformArgs,
} from "./platforms/ssh/args";
export type { DaemonSettings, HostEngine, HostFirewall, HostSettings, HostTime } from "./schema/ssh";
export type { OnceKnown } from "./platforms/judge";
export type {
  ClusterRequest,
  Finished,
  Machine,
  MachineOf,
  NodeRequest,
  Platform,
  PoolMachine,
  PreparedPlatform,
} from "./platforms/platform";
export type {
  Connection,
  ContainerConnection,
  EngineConnection,
  ManagerRef,
  SshConnection,
  SshEndpoint,
  SwarmRef,
} from "./schema/connection";
export type { Availability, Role, SwarmSettings } from "./schema/swarm";
export type { StackService } from "./schema/stack";
