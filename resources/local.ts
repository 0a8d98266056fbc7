import type * as pulumi from "./pulumi";
import type {
  BuiltImageInputs,
  LoadedImagesInputs,
  LocalNetworkInputs,
  LocalNodeInputs,
  NodeImageInputs,
} from "../contract/local";
import { SwarmResource, type Inputs } from "./swarm-resource";

/** The bridge network that the nodes of a local cluster share. */
export class LocalNetwork extends SwarmResource {
  readonly networkId!: pulumi.Output<string>;
  /** The IPv4 range that the network got, in CIDR form. */
  readonly range!: pulumi.Output<string>;

  constructor(name: string, args: Inputs<LocalNetworkInputs>, opts?: pulumi.CustomResourceOptions) {
    super("LocalNetwork", name, args, { all: ["networkId", "range"] }, opts);
  }
}

/** The image of a node: a Linux with a Docker Engine that starts inside an unprivileged container. */
export class NodeImage extends SwarmResource {
  /** Content address of the image in its engine. */
  readonly imageId!: pulumi.Output<string>;

  constructor(name: string, args: Inputs<NodeImageInputs>, opts?: pulumi.CustomResourceOptions) {
    super("NodeImage", name, args, { all: ["imageId"] }, opts);
  }
}

/** An image built from a folder with a Dockerfile, by the engine that runs the nodes. */
export class BuiltImage extends SwarmResource {
  readonly imageId!: pulumi.Output<string>;

  constructor(name: string, args: Inputs<BuiltImageInputs>, opts?: pulumi.CustomResourceOptions) {
    super("BuiltImage", name, args, { all: ["imageId"] }, opts);
  }
}

/** A machine of a local cluster: a container with a Docker Engine inside, and its volume. */
export class LocalNode extends SwarmResource {
  readonly containerId!: pulumi.Output<string>;
  /** Name of the container. */
  readonly container!: pulumi.Output<string>;
  /** IPv4 address in the node network. */
  readonly address!: pulumi.Output<string>;

  constructor(name: string, args: Inputs<LocalNodeInputs>, opts?: pulumi.CustomResourceOptions) {
    super("LocalNode", name, args, { all: ["containerId", "container", "address"] }, opts);
  }
}

/** Images of the outer engine in the nodes: streamed to those nodes that do not have them, by content. */
export class LoadedImages extends SwarmResource {
  /** Tag → fingerprint of the image's content. */
  readonly fingerprints!: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: Inputs<LoadedImagesInputs>, opts?: pulumi.CustomResourceOptions) {
    super("LoadedImages", name, args, { all: ["fingerprints"] }, opts);
  }
}
