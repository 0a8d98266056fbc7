import * as pulumi from "./pulumi";
import type {
  ConfigInputs,
  NetworkInputs,
  SecretInputs,
  StackService,
  SwarmStackInputs,
} from "../contract/objects";
import { SwarmResource, type Inputs } from "./swarm-resource";

const VERSIONED = ["objectId", "objectName"];

/** One version of a swarm config. */
export class ConfigVersion extends SwarmResource {
  readonly objectId!: pulumi.Output<string>;
  /** Name in the swarm, content hash included. */
  readonly objectName!: pulumi.Output<string>;

  constructor(name: string, args: Inputs<ConfigInputs>, opts?: pulumi.CustomResourceOptions) {
    super("Config", name, args, { all: VERSIONED }, opts);
  }
}

/** One version of a swarm secret. Its content is a Pulumi secret whatever the program passes. */
export class SecretVersion extends SwarmResource {
  readonly objectId!: pulumi.Output<string>;
  /** Name in the swarm, hash included. */
  readonly objectName!: pulumi.Output<string>;

  constructor(name: string, args: Inputs<SecretInputs>, opts?: pulumi.CustomResourceOptions) {
    const guarded = { ...args, data: pulumi.secret(args.data) };
    super("Secret", name, guarded, { all: VERSIONED, secret: ["data"] }, opts);
  }
}

/** An overlay network of the swarm. */
export class OverlayNetwork extends SwarmResource {
  readonly networkId!: pulumi.Output<string>;
  readonly name!: pulumi.Output<string>;

  constructor(name: string, args: Inputs<NetworkInputs>, opts?: pulumi.CustomResourceOptions) {
    super("Network", name, args, { all: ["networkId"] }, opts);
  }
}

/** A stack of services, deployed and converged. */
export class SwarmStack extends SwarmResource {
  readonly services!: pulumi.Output<StackService[]>;

  constructor(name: string, args: Inputs<SwarmStackInputs>, opts?: pulumi.CustomResourceOptions) {
    super("SwarmStack", name, args, { all: ["services"] }, opts);
  }
}
