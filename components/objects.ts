import * as pulumi from "../resources/pulumi";
import type { InSwarm, NetworkInputs } from "../schema/objects";
import {
  ConfigResource,
  GeneratedSecretResource,
  NetworkResource,
  SecretResource,
} from "../resources/object-resources";
import { checkGenerated } from "../validation/generated-secret";
import { checkNetwork, checkSource, checkVersioned, emptyPlaceholders } from "../validation/objects";
import { checkLabels } from "../validation/node";
import { optionsIn, placeIn, type Cluster } from "./cluster";
import { onceProgramIsValid, report, reportOnceKnown, reportWithOutputs, warn } from "./program-checks";

interface VersionedArgs {
  /** The cluster that the object lives in. */
  cluster: Cluster;
  /** Name in the swarm, followed there by a hash of the content. @default the resource's name */
  name?: string;
  /** Labels of the object. @default none */
  labels?: Record<string, pulumi.Input<string>>;
  /**
   * Fill placeholders in each task: {{.Service.Name}}, {{.Task.Slot}}, {{.Node.ID}}, {{env "VARIABLE"}}, {{secret "target"}} …
   * @default false
   */
  templated?: boolean;
  /**
   * How many versions stay in the swarm, 1 to 100, the current one among them. Former ones are for a rollback: by content that comes
   * back, or by `docker service rollback`. @default 1
   */
  keep?: pulumi.Input<number>;
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
  /** The content: 1 byte to 500 KiB. A Pulumi secret whatever is passed. @default what `generate` makes */
  data?: pulumi.Input<string>;
  /** Content made at random, once, in place of `data`: `{}` for 32 letters and digits. @default `data` counts */
  generate?: GenerateArgs;
  /** Any new value makes generated content anew. */
  rotate?: pulumi.Input<string>;
  /** Age at which an update makes generated content anew, such as "90d". @default never by age */
  rotateEvery?: pulumi.Input<string>;
}

/** Content made at random. */
export interface GenerateArgs {
  /** How many characters, 8 to 1024. @default 32 */
  length?: pulumi.Input<number>;
  /**
   * What it is made of: "alphanumeric" (A-Z, a-z, 0-9), or the characters themselves. They are printable ASCII without the space, at
   * least ten, each once. @default "alphanumeric"
   */
  charset?: pulumi.Input<string>;
}

/**
 * A swarm config. New content makes a new version; the old one goes, or with `keep` stays, after every stack that uses it has moved.
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
 * A swarm secret. New content makes a new version; the old one goes, or with `keep` stays, after every stack that uses it has moved.
 *
 * @example
 * const password = new Secret("db-password", { cluster, data: config.requireSecret("dbPassword") });
 * const token = new Secret("token", { cluster, generate: { length: 40 }, rotateEvery: "90d" });
 */
export class Secret extends pulumi.ComponentResource {
  /** Name of the current version in the swarm. */
  readonly objectName: pulumi.Output<string>;

  /** The content, a Pulumi secret: for whatever else has to know it. */
  readonly value: pulumi.Output<string>;

  constructor(name: string, args: SecretArgs, opts?: pulumi.ComponentResourceOptions) {
    super("swarm:index:SecretObject", name, {}, onceProgramIsValid(opts));
    checkSecret(name, args);
    const { generate, rotate, rotateEvery } = args;
    const generated =
      generate && new GeneratedSecretResource(name, { ...generate, rotate, rotateEvery }, { parent: this });
    // Where there is neither, that is reported, and nothing is registered.
    this.value = pulumi.secret(generated?.value ?? args.data ?? "");
    const inputs = inputsOf(name, { ...args, data: this.value });
    const version = new SecretResource(name, inputs, optionsIn(args.cluster, this));
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

/**
 * An overlay network of the swarm. Docker changes no network in place: a change makes a new version, with a hash behind its name, to
 * which the program's stacks move; the old one goes after that.
 */
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
    this.objectName = nameOf(network, inputs.name);
    this.registerOutputs({ networkId: this.networkId });
  }
}

/** States of former releases do not tell it, and their networks have the plain name: known in a preview as well. */
function nameOf(network: NetworkResource, plain: pulumi.Input<string>): pulumi.Output<string> {
  const name: pulumi.Output<string> & { isKnown?: Promise<boolean> } = network.objectName;
  // Missing where the state does not have it, which a preview takes for not known yet.
  const recorded = network.networkId.apply(
    async () => ((await name.isKnown) ? name : undefined) as unknown as string | undefined,
  );
  return pulumi.all([recorded, plain]).apply(([known, it]) => known ?? it);
}

function inputsOf(name: string, { cluster, name: given, data, templated, keep, adopt, ...args }: ConfigArgs) {
  const labels = args.labels as pulumi.Input<Record<string, string>> | undefined;
  return { ...placeIn(cluster), name: given ?? name, data, labels, templated, keep, adopt };
}

function checkObject(kind: "config" | "secret", name: string, args: ConfigArgs | SecretArgs): void {
  const component = `${kind === "config" ? "Config" : "Secret"} "${name}"`;
  report(component, checkVersioned(kind, { name: args.name ?? name }));
  reportWithOutputs(component, args.labels ?? {}, (labels) => checkLabels("labels", labels));
  reportOnceKnown(component, args.data, (data) => checkVersioned(kind, { data }));
  if (args.templated) {
    reportOnceKnown(component, args.data ?? "", (data) => {
      for (const empty of emptyPlaceholders(data)) {
        const other = 'Give the service an environment variable that holds it, and use {{env "VARIABLE"}}.';
        warn(component, `data: every engine fills in ${empty} with nothing. ${other}`);
      }
      return [];
    });
  }
  reportOnceKnown(component, args.keep, (keep) => checkVersioned(kind, { keep }));
}

function checkSecret(name: string, args: SecretArgs): void {
  checkObject("secret", name, args);
  const component = `Secret "${name}"`;
  report(component, checkSource(args));
  const { generate, rotate, rotateEvery } = args;
  reportOnceKnown(component, { rotate, rotateEvery }, checkGenerated);
  reportOnceKnown(component, generate ?? {}, (known) =>
    checkGenerated(known).map(({ where, text }) => ({ where: `generate.${where}`, text })),
  );
}
