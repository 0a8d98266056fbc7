import type { ClusterIdentityInputs, ClusterIdentityOutputs } from "./cluster-identity";
import type { ExistingSwarmInputs, ExistingSwarmOutputs } from "./existing-swarm";
import type { GeneratedSecretInputs, GeneratedSecretOutputs } from "./generated-secret";
import type {
  BuiltImageInputs,
  ImageOutputs,
  LoadedImagesInputs,
  LoadedImagesOutputs,
  LocalNetworkInputs,
  LocalNetworkOutputs,
  LocalNodeInputs,
  LocalNodeOutputs,
  NodeImageInputs,
} from "./local";
import type { ConfigInputs, NetworkInputs, NetworkOutputs, SecretInputs, VersionedOutputs } from "./objects";
import type { SwarmJobInputs, SwarmJobOutputs } from "./job";
import type { RegistryKeysInputs, RegistryKeysOutputs } from "./registry-keys";
import type { SwarmStackInputs, SwarmStackOutputs } from "./stack";
import type { PreflightInputs, PreflightOutputs } from "./preflight";
import type { SshHostKeyInputs, SshHostKeyOutputs, SwarmHostInputs, SwarmHostOutputs } from "./ssh";
import type { NodeSpecsInputs, SwarmInputs, SwarmNodeInputs, SwarmNodeOutputs, SwarmOutputs } from "./swarm";

/** What a resource takes, and what it adds: its state is both. */
interface Resource<Inputs, Outputs> {
  inputs: Inputs;
  outputs: Outputs;
}

/**
 * Every resource of this provider. `npm run schema` makes `swarm.json` of it and of the interfaces that it names: the one
 * description that the checks, the comparison of states, the resource classes, the docs and other languages go by.
 */
export interface Resources {
  /** What decides whose an object is: a random text that the first update makes, and that state and labels carry. */
  "swarm:index:ClusterIdentity": Resource<ClusterIdentityInputs, ClusterIdentityOutputs>;
  /** A swarm that another program, or nobody's, makes: found through its managers, and never changed. */
  "swarm:index:ExistingSwarm": Resource<ExistingSwarmInputs, ExistingSwarmOutputs>;
  /** The bridge network that the nodes of a local cluster share. */
  "swarm:index:LocalNetwork": Resource<LocalNetworkInputs, LocalNetworkOutputs>;
  /** The image of a node: a Linux with a Docker Engine that starts inside an unprivileged container. */
  "swarm:index:NodeImage": Resource<NodeImageInputs, ImageOutputs>;
  /** An image built from a folder with a Dockerfile, by the engine that runs the nodes. */
  "swarm:index:BuiltImage": Resource<BuiltImageInputs, ImageOutputs>;
  /** A machine of a local cluster: a container with a Docker Engine inside, and its volume. */
  "swarm:index:LocalNode": Resource<LocalNodeInputs, LocalNodeOutputs>;
  /** Images of the outer engine in the nodes: streamed to those nodes that do not have them, by content. */
  "swarm:index:LoadedImages": Resource<LoadedImagesInputs, LoadedImagesOutputs>;
  /** Fails where machines cannot be one swarm: ports, data path, clocks, identities, address ranges, engines. */
  "swarm:index:Preflight": Resource<PreflightInputs, PreflightOutputs>;
  /** The swarm itself: adopted where one of the managers is in it already, else initialised on exactly one. */
  "swarm:index:Swarm": Resource<SwarmInputs, SwarmOutputs>;
  /** One machine's membership of a swarm, and its role there. It joins drained: `NodeSpecs` gives it work. */
  "swarm:index:SwarmNode": Resource<SwarmNodeInputs, SwarmNodeOutputs>;
  /** Labels and availability of a cluster's nodes, once they are members and what shall run on them first has run. */
  "swarm:index:NodeSpecs": Resource<NodeSpecsInputs, object>;
  /** One version of a swarm config: text that services mount as a file. */
  "swarm:index:Config": Resource<ConfigInputs, VersionedOutputs>;
  /** One version of a swarm secret. Its content is a Pulumi secret whatever the program passes. */
  "swarm:index:Secret": Resource<SecretInputs, VersionedOutputs>;
  /** A text made at random for a secret: in the state alone, encrypted. The swarm gets it as the content of a `Secret`. */
  "swarm:index:GeneratedSecret": Resource<GeneratedSecretInputs, GeneratedSecretOutputs>;
  /** Password and certificates of a registry on the swarm, made at random: in the state alone. */
  "swarm:index:RegistryKeys": Resource<RegistryKeysInputs, RegistryKeysOutputs>;
  /** An overlay network of the swarm. */
  "swarm:index:Network": Resource<NetworkInputs, NetworkOutputs>;
  /** A stack of services, deployed and converged. */
  "swarm:index:SwarmStack": Resource<SwarmStackInputs, SwarmStackOutputs>;
  /** A stack of one job, which runs once for each change of its triggers. */
  "swarm:index:SwarmJob": Resource<SwarmJobInputs, SwarmJobOutputs>;
  /** The host key that a machine presented when it was first seen. */
  "swarm:index:SshHostKey": Resource<SshHostKeyInputs, SshHostKeyOutputs>;
  /** A machine that is there already, made ready to be a node: engine, clock, kernel, firewall. */
  "swarm:index:SwarmHost": Resource<SwarmHostInputs, SwarmHostOutputs>;
}

export type ResourceType = keyof Resources;
