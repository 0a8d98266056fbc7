import type * as pulumi from "./pulumi";
import type { NodeSettings, NodeSpecsInputs, SwarmInputs, SwarmNodeInputs } from "../contract/swarm";
import { SwarmResource, type Inputs } from "./swarm-resource";

/** The swarm itself: adopted where one of the managers is in it already, else initialised on exactly one. */
export class Swarm extends SwarmResource {
  readonly clusterId!: pulumi.Output<string>;
  /** Secret. */
  readonly managerToken!: pulumi.Output<string>;
  /** Secret. */
  readonly workerToken!: pulumi.Output<string>;
  /** Secret; empty without autolock. */
  readonly unlockKey!: pulumi.Output<string>;
  /** Earlier unlock keys, newest first. Secret. */
  readonly previousUnlockKeys!: pulumi.Output<string[]>;
  /** When the workers' join token was made, as an RFC 3339 time. */
  readonly workerTokenRotatedAt!: pulumi.Output<string>;
  /** When the managers' join token was made, as an RFC 3339 time. */
  readonly managerTokenRotatedAt!: pulumi.Output<string>;
  /** When the unlock key was made, as an RFC 3339 time; empty without autolock. */
  readonly unlockKeyRotatedAt!: pulumi.Output<string>;
  /** Root CA certificate in PEM form. */
  readonly caCertificate!: pulumi.Output<string>;
  /** When the swarm was initialised, as an RFC 3339 time. */
  readonly createdAt!: pulumi.Output<string>;

  constructor(name: string, args: Inputs<SwarmInputs>, opts?: pulumi.CustomResourceOptions) {
    const secret = ["managerToken", "workerToken", "unlockKey", "previousUnlockKeys"];
    const times = ["workerTokenRotatedAt", "managerTokenRotatedAt", "unlockKeyRotatedAt", "createdAt"];
    super("Swarm", name, args, { all: ["clusterId", "caCertificate", ...secret, ...times], secret }, opts);
  }
}

/** One machine's membership of a swarm, and its role there. It joins drained: {@link NodeSpecs} gives it work. */
export class SwarmNode extends SwarmResource {
  /** ID of the node in the swarm. */
  readonly nodeId!: pulumi.Output<string>;

  constructor(name: string, args: Inputs<SwarmNodeInputs>, opts?: pulumi.CustomResourceOptions) {
    super("SwarmNode", name, args, { all: ["nodeId"], secret: ["joinToken"] }, opts);
  }
}

/** Nodes whose IDs are known one by one: a preview shows which ones are new. */
type NodeSpecsArgs = Inputs<Omit<NodeSpecsInputs, "nodes">> & { nodes: Record<string, Inputs<NodeSettings>> };

/** Labels and availability of a cluster's nodes, once they are members and what shall run on them first has run. */
export class NodeSpecs extends SwarmResource {
  constructor(name: string, args: NodeSpecsArgs, opts?: pulumi.CustomResourceOptions) {
    super("NodeSpecs", name, args, { all: [] }, opts);
  }
}
