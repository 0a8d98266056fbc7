import * as pulumi from "../resources/pulumi";
import type { InSwarm, NetworkInputs } from "../schema/objects";
import { ConfigResource, NetworkResource, SecretResource } from "../resources/object-resources";
import { checkNetwork, checkVersioned } from "../validation/objects";
import { checkLabels } from "../validation/node";
import { optionsIn, placeIn, type Cluster } from "./cluster";
import { onceProgramIsValid, report, reportOnceKnown, reportWithOutputs } from "./program-checks";

interface VersionedArgs {
  /** The cluster that the object lives in. */
  cluster: Cluster;
  /** Name in the swarm, followed there by a hash of the content. @default the resource's name */
  name?: string;
  /** Labels of the object. @default none */
  labels?: Record<string, pulumi.Input<string>>;
  /** Fill placeholders such as {{.Service.Name}} or {{.Task.ID}} in each task. @default false */
  templated?: boolean;
  /**
   * Take over an object of just this name that somebody else has made. It keeps its name, without a hash, until its content
   * changes. A config has to hold what the program says; of a secret that cannot be known, so it is believed. @default false
   */
  adopt?: boolean;
}

export interface ConfigArgs extends VersionedArgs {
  /** The content: 1 byte to 1000 KiB. */
  data: pulumi.Input<string>;
}

export interface SecretArgs extends VersionedArgs {
  /** The content: 1 byte to 500 KiB. A Pulumi secret whatever is passed. */
  data: pulumi.Input<string>;
}

/**
 * A swarm config. New content makes a new version; the old one goes after every stack that uses it has moved.
 *
 * @example
 * const greeting = new Config("greeting", { cluster, data: "Hello" });
 * new Stack("shop", { cluster, composeFiles: ["shop.yml"], configs: { greeting } });
 */
export class Config extends pulumi.ComponentResource {
  /** Name of the current version in the swarm. */
  readonly objectName: pulumi.Output<string>;

  constructor(name: string, args: ConfigArgs, opts?: pulumi.ComponentResourceOptions) {
    super("swarm:index:ConfigObject", name, {}, onceProgramIsValid(opts));
    checkObject("config", name, args);
    const version = new ConfigResource(name, inputsOf(name, args), optionsIn(args.cluster, this));
    this.objectName = version.objectName;
    this.registerOutputs({ objectName: this.objectName });
  }
}

/**
 * A swarm secret. New content makes a new version; the old one goes after every stack that uses it has moved.
 *
 * @example
 * const password = new Secret("db-password", { cluster, data: config.requireSecret("dbPassword") });
 */
export class Secret extends pulumi.ComponentResource {
  /** Name of the current version in the swarm. */
  readonly objectName: pulumi.Output<string>;

  constructor(name: string, args: SecretArgs, opts?: pulumi.ComponentResourceOptions) {
    super("swarm:index:SecretObject", name, {}, onceProgramIsValid(opts));
    checkObject("secret", name, args);
    const version = new SecretResource(name, inputsOf(name, args), optionsIn(args.cluster, this));
    this.objectName = version.objectName;
    this.registerOutputs({ objectName: this.objectName });
  }
}

export interface NetworkArgs extends Omit<NetworkInputs, keyof InSwarm | "name" | "labels"> {
  /** The cluster that the network lives in. */
  cluster: Cluster;
  /** Name in the swarm. @default the resource's name */
  name?: string;
  /** Labels of the network. @default none */
  labels?: Record<string, pulumi.Input<string>>;
}

/** An overlay network of the swarm. Docker changes no network in place: every change replaces it. */
export class Network extends pulumi.ComponentResource {
  readonly networkId: pulumi.Output<string>;
  /** Name of the network in the swarm. */
  readonly objectName: pulumi.Output<string>;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("swarm:index:NetworkObject", name, {}, onceProgramIsValid(opts));
    const { cluster, ...rest } = args;
    const labels = args.labels as pulumi.Input<Record<string, string>> | undefined;
    const inputs = { ...rest, labels, name: args.name ?? name };
    reportWithOutputs(`Network "${name}"`, inputs, (known) => checkNetwork(known as Partial<NetworkInputs>));
    const network = new NetworkResource(name, { ...inputs, ...placeIn(cluster) }, optionsIn(cluster, this));
    this.networkId = network.networkId;
    // Through the ID, so that a stack waits for the network and not only for its name.
    this.objectName = network.networkId.apply(() => inputs.name);
    this.registerOutputs({ networkId: this.networkId });
  }
}

function inputsOf(name: string, { cluster, name: given, data, templated, adopt, ...args }: ConfigArgs) {
  const labels = args.labels as pulumi.Input<Record<string, string>> | undefined;
  return { ...placeIn(cluster), name: given ?? name, data, labels, templated, adopt };
}

function checkObject(kind: "config" | "secret", name: string, args: ConfigArgs): void {
  const component = `${kind === "config" ? "Config" : "Secret"} "${name}"`;
  report(component, checkVersioned(kind, { name: args.name ?? name }));
  reportWithOutputs(component, args.labels ?? {}, (labels) => checkLabels("labels", labels));
  reportOnceKnown(component, args.data, (data) => checkVersioned(kind, { data }));
}
