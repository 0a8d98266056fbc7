import * as pulumi from "../resources/pulumi";
import type { ClusterRecord } from "../schema/cluster-record";
import type { ManagerRef, SwarmRef } from "../schema/connection";
import type { ExportedCluster } from "../schema/existing-swarm";
import { ClusterIdentityResource } from "../resources/cluster-identity-resource";
import { ExistingSwarmResource } from "../resources/existing-swarm-resource";
import type { OwnerArgs } from "../resources/resource-class";
import { checkHostname } from "../validation/node";
import { checkRegistries } from "../validation/registries";
import type { Cluster } from "./cluster";
import {
  DEFAULT_OUTPUT,
  type ClusterOfStackArgs,
  type ExistingClusterArgs,
  type FromStackArgs,
} from "./existing-cluster-args";
import { checkExported, checkGiven, isExported } from "./existing-cluster-checks";
import { exportedManagers, givenManagers } from "./existing-managers";
import { onceKnownOf, onceProgramIsValid, report, reportLater, reportWithOutputs } from "./program-checks";
import type { RegistryArgs } from "./registries";

/** What is known of the swarm before anybody has asked it. */
interface Known {
  managers: pulumi.Output<ManagerRef[]>;
  expectedId?: pulumi.Input<string>;
  imageFingerprints?: pulumi.Output<Record<string, string>>;
  resolveImage?: pulumi.Input<ExportedCluster["resolveImage"]>;
}

/**
 * A swarm that this program does not make: given by its managers, or exported by the program of another stack. Nothing of
 * the swarm itself is ever changed, and nothing that others have put into it is touched: what this program puts there carries
 * an identity of its own.
 *
 * @example
 * const cluster = new ExistingCluster("prod", { managers: [{ address: "192.0.2.11", user: "deploy", hostKey: "ssh-ed25519 AAAA…" }] });
 * new Stack("shop", { cluster, composeFiles: ["shop.yml"] });
 */
export class ExistingCluster extends pulumi.ComponentResource implements Cluster {
  readonly clusterId: pulumi.Output<string>;
  readonly ref: pulumi.Output<SwarmRef>;
  readonly owner: OwnerArgs;
  readonly ready: pulumi.Output<string[]>;
  readonly imageFingerprints: pulumi.Output<Record<string, string>>;
  readonly resolveImage: pulumi.Output<ExportedCluster["resolveImage"]>;
  readonly registries?: readonly RegistryArgs[];
  readonly forget?: boolean;

  /**
   * The cluster that the program of another stack makes and exports.
   *
   * @example
   * const platform = new pulumi.StackReference("acme/platform/prod");
   * const cluster = ExistingCluster.fromStack(platform, { login: { identityFile: "~/.ssh/deploy" } });
   */
  static fromStack(
    stack: ClusterOfStackArgs["stack"],
    { name, output = DEFAULT_OUTPUT, ...args }: FromStackArgs = {},
    opts?: pulumi.ComponentResourceOptions,
  ): ExistingCluster {
    return new ExistingCluster(name ?? output, { ...args, stack, output }, opts);
  }

  constructor(name: string, args: ExistingClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("swarm:index:ExistingCluster", name, {}, onceProgramIsValid(opts));
    const component = `ExistingCluster "${name}"`;
    report(component, checkHostname("name", name));
    reportWithOutputs(component, args.registries, checkRegistries);
    const known = "stack" in args ? knownOfStack(component, args) : knownOfGiven(component, args);
    const { managers, expectedId } = known;
    const { forget } = args;
    const { identity } = new ClusterIdentityResource(name, { cluster: name }, { parent: this });
    const names = { project: pulumi.getProject(), stack: pulumi.getStack(), cluster: name };
    this.owner = { ...names, id: identity, isGuest: true };
    const swarm = new ExistingSwarmResource(
      name,
      { owner: this.owner, managers, expectedId, forget },
      { parent: this },
    );
    this.clusterId = swarm.clusterId;
    this.ref = pulumi
      .all([this.clusterId, managers])
      .apply(([clusterId, refs]) => ({ clusterId, managers: refs }));
    this.ready = pulumi.output<string[]>([]);
    this.imageFingerprints = known.imageFingerprints ?? pulumi.output<Record<string, string>>({});
    this.resolveImage = pulumi.output(known.resolveImage ?? "changed");
    this.registries = args.registries;
    this.forget = forget;
    this.registerOutputs({ clusterId: this.clusterId, record: this.record() });
  }

  /** What commands that work on the cluster read from the state. */
  private record(): pulumi.Output<ClusterRecord> {
    const { clusterId, managers } = this.ref;
    const { cluster } = this.owner;
    return pulumi.output({ cluster, owner: this.owner, clusterId, managers, nodes: [], isExisting: true });
  }
}

function knownOfGiven(component: string, args: Exclude<ExistingClusterArgs, ClusterOfStackArgs>): Known {
  const problems = checkGiven(args, onceKnownOf(component));
  report(component, problems);
  const managers = problems.length > 0 ? pulumi.output<ManagerRef[]>([]) : givenManagers(args);
  return { managers, expectedId: args.clusterId, resolveImage: args.resolveImage };
}

function knownOfStack(
  component: string,
  { stack, output = DEFAULT_OUTPUT, login }: ClusterOfStackArgs,
): Known {
  // Known before anything is created, as an output of the same program would not be.
  const looked = stack
    .getOutputDetails(output)
    .then(({ value, secretValue }) =>
      checkExported(output, value ?? secretValue, onceKnownOf(component), login),
    );
  reportLater(component, looked);
  // What is none was reported, and nothing comes of this program.
  const none = { clusterId: "", managers: [], imageFingerprints: {}, resolveImage: "changed" as const };
  const exported = stack
    .getOutput(output)
    .apply((found): Omit<ExportedCluster, "project" | "stack" | "cluster"> =>
      isExported(found) ? found : none,
    );
  return {
    managers: exported.apply((cluster) => exportedManagers(cluster, login)) as pulumi.Output<ManagerRef[]>,
    expectedId: exported.clusterId,
    imageFingerprints: exported.apply(({ imageFingerprints = {} }) => imageFingerprints),
    resolveImage: exported.apply(({ resolveImage = "changed" as const }) => resolveImage),
  };
}
