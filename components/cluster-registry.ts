import * as pulumi from "../resources/pulumi";
import { RegistryKeysResource, SwarmStackResource } from "../resources/object-resources";
import { checkRegistry } from "../validation/cluster-registry";
import type { Cluster } from "./cluster";
import { onceProgramIsValid, reportWithOutputs } from "./program-checks";
import type { RegistryArgs } from "./registries";
import { registryCompose } from "./registry-compose";
import { stackInputs, stackOptions, type StackArgs } from "./stack";

export interface ClusterRegistryArgs {
  /** The cluster that the registry runs on. */
  cluster: Cluster;
  /** Hostname of the node that it runs on: its volume there keeps the images. */
  node: pulumi.Input<string>;
  /** Address or name of that node, as all nodes reach it: what names of images begin with. */
  address: pulumi.Input<string>;
  /** TCP port of that node. @default 5000 */
  port?: pulumi.Input<number>;
  /** The user that may pull and push. @default "swarm" */
  username?: pulumi.Input<string>;
  /** Any new value makes another password and another certificate, by the same authority. */
  rotate?: pulumi.Input<string>;
  /** Image of the registry, with a shell in it: its nodes trust it by that as well. @default "registry:2.8.3" */
  image?: pulumi.Input<string>;
  /** Name of the volume that keeps the images. @default "NAME_images", of the registry's own stack */
  volume?: pulumi.Input<string>;
  /** When the digest of `image` is looked up. @default that of the cluster */
  resolveImage?: StackArgs["resolveImage"];
  /** Seconds until it runs, and every node trusts it. @default 300 */
  convergeTimeout?: number;
}

/**
 * A registry on a node of the cluster, with TLS by an authority of its own that every node is made to trust, and one user with a password made at
 * random. It is a stack of its name.
 *
 * @example
 * const images = new Registry("images", { cluster, node: "manager-1", address: "10.0.0.11" });
 * const image = pulumi.interpolate`${images.server}/shop:1`;
 * new Stack("shop", { cluster, compose: { services: { web: { image } } }, registries: [images.login] });
 */
export class Registry extends pulumi.ComponentResource {
  /** Address and port: what the names of its images begin with. */
  readonly server: pulumi.Output<string>;
  readonly username: pulumi.Output<string>;
  /** A Pulumi secret. */
  readonly password: pulumi.Output<string>;
  /** All three and `certificate`, as `registries` of a stack takes them. */
  readonly login: RegistryArgs;
  /** Certificate of its authority as PEM: for those outside of the cluster who push. */
  readonly certificate: pulumi.Output<string>;

  constructor(name: string, args: ClusterRegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("swarm:index:Registry", name, {}, onceProgramIsValid(opts));
    const { cluster, node, address, port = 5000, username = "swarm", rotate, image, volume } = args;
    const me = `Registry "${name}"`;
    reportWithOutputs(me, { node, address, port, username }, checkRegistry);
    const keys = new RegistryKeysResource(name, { address, username, rotate }, { parent: this });
    const server = pulumi.all([address, port]).apply(([host, on]) => `${inName(host)}:${on}`);
    const inputs = stackInputs(me, name, {
      cluster,
      compose: registryCompose({ node, port, image, volume }),
      env: {
        SERVER: server,
        USERS: keys.users,
        KEY: keys.key,
        CERTIFICATE: keys.certificate,
        AUTHORITY: keys.authority,
      },
      resolveImage: args.resolveImage,
      convergeTimeout: args.convergeTimeout,
    });
    const stack = new SwarmStackResource(name, inputs, stackOptions(cluster, this));
    // Through the stack, so that whoever has the name waits until the registry answers to it and every node trusts it.
    this.server = pulumi.all([server, stack.urn]).apply(([known]) => known);
    this.username = pulumi.output(username);
    this.password = pulumi.secret(keys.password);
    this.certificate = keys.authority;
    this.login = {
      ...{ server: this.server, username: this.username, password: this.password },
      certificate: this.certificate,
    };
    this.registerOutputs({ server: this.server, username: this.username, certificate: this.certificate });
  }
}

/** As names of images have it. */
function inName(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
