import type * as pulumi from "./pulumi";
import type { SshHostKeyInputs, SwarmHostInputs } from "../contract/ssh";
import { SwarmResource, type Inputs } from "./swarm-resource";

/** The host key that a machine presented when it was first seen. */
export class SshHostKey extends SwarmResource {
  readonly hostKey!: pulumi.Output<string>;

  constructor(name: string, args: Inputs<SshHostKeyInputs>, opts?: pulumi.CustomResourceOptions) {
    super("SshHostKey", name, args, { all: ["hostKey"] }, opts);
  }
}

/** A machine that is there already, made ready to be a node: engine, clock, kernel, firewall. */
export class SwarmHost extends SwarmResource {
  /** Identity of the machine; another machine at the same address has another one. */
  readonly machine!: pulumi.Output<string>;
  /** Its system: "Debian GNU/Linux 13 (trixie)". */
  readonly system!: pulumi.Output<string>;
  /** Version of its Docker Engine. */
  readonly engineVersion!: pulumi.Output<string>;

  constructor(name: string, args: Inputs<SwarmHostInputs>, opts?: pulumi.CustomResourceOptions) {
    super("SwarmHost", name, args, { all: ["machine", "system", "engineVersion"] }, opts);
  }
}
