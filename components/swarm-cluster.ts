import * as pulumi from "../resources/pulumi";
import type { ClusterRecord } from "../schema/cluster-record";
import { withoutLogin, type ManagerRef, type SwarmRef } from "../schema/connection";
import type { ExportedCluster } from "../schema/existing-swarm";
import type { Machine, NodeRequest, Platform } from "../platforms/platform";
import { ClusterIdentityResource } from "../resources/cluster-identity-resource";
import { NodeSpecsResource, SwarmResource } from "../resources/swarm-resources";
import type { OwnerArgs } from "../resources/resource-class";
import { checkCluster, faultTolerance, type ClusterShape } from "../validation/cluster-shape";
import { checkHostname } from "../validation/node";
import { checkSwarmSettings } from "../validation/swarm-settings";
import { commandPackageProblems } from "./after-join";
import type { Cluster } from "./cluster";
import { checkRegistries } from "../validation/registries";
import type { RegistryArgs } from "./registries";
import {
  managerCount,
  poolMachines,
  poolVolumes,
  wantedNodes,
  type SwarmClusterArgs,
  type WantedNode,
} from "./cluster-args";
import {
  candidatesOf,
  dockerHostOfCluster,
  machineOf,
  nodesOf,
  refsOf,
  type ClusterNode,
} from "./cluster-machines";
import { dockerProviderOf, type DockerProvider, type DockerProviderArgs } from "./docker-provider";
import { NodePool, resourcesOf, type PoolMember } from "./node-pool";
import {
  onceKnownOf,
  onceProgramIsValid,
  report,
  reportLater,
  reportWithOutputs,
  warn,
} from "./program-checks";

/** A Docker Swarm cluster: machines of a platform, the swarm on them, and every node's membership. */
export class SwarmCluster<P extends Platform = Platform> extends pulumi.ComponentResource implements Cluster {
  /** Cluster ID of the swarm. */
  readonly clusterId: pulumi.Output<string>;
  readonly managers: pulumi.Output<ClusterNode[]>;
  readonly workers: pulumi.Output<ClusterNode[]>;
  /** Join tokens and the unlock key. Secrets. */
  readonly managerToken: pulumi.Output<string>;
  readonly workerToken: pulumi.Output<string>;
  readonly unlockKey: pulumi.Output<string>;
  /**
   * The swarm for any other tool, as in DOCKER_HOST: a manager's engine, known when all nodes are members. A socket on this
   * machine that only its user can enter, or `ssh://`; where neither can be, the socket of `pulumi-swarm proxy`.
   */
  readonly dockerHost: pulumi.Output<string>;
  /** What objects inside the swarm are told: its ID and its managers' connections. */
  readonly ref: pulumi.Output<SwarmRef>;
  /** Whose everything in the cluster is: its names, and the identity that decides. */
  readonly owner: OwnerArgs;
  /** The nodes that the program asks for. */
  readonly wanted: readonly WantedNode[];
  /** URNs of the swarm with all nodes joined and images loaded: what a stack waits for. */
  readonly ready: pulumi.Output<string[]>;
  /** Image tag → fingerprint of the images that the platform loaded. */
  readonly imageFingerprints: pulumi.Output<Record<string, string>>;
  /** The swarm resource: what dies with it needs no delete of its own. */
  readonly swarm: SwarmResource;
  readonly deletedWith: pulumi.Output<string>;
  readonly resolveImage: pulumi.Output<ExportedCluster["resolveImage"]>;
  readonly registries?: readonly RegistryArgs[];
  /**
   * What programs of other projects need to put their objects into the swarm (`ExistingCluster.fromStack`), as an output of
   * this one: `export const cluster = prod.exported`. It holds no token, key or login, and is no secret, whatever its parts are.
   */
  readonly exported: pulumi.Output<ExportedCluster>;
  readonly platform: P;

  constructor(name: string, args: SwarmClusterArgs<P>, opts?: pulumi.ComponentResourceOptions) {
    super("swarm:index:SwarmCluster", name, {}, onceProgramIsValid(opts));
    this.platform = args.platform;
    const { identity } = new ClusterIdentityResource(name, { cluster: name }, { parent: this });
    this.owner = { project: pulumi.getProject(), stack: pulumi.getStack(), cluster: name, id: identity };
    this.wanted = wantedNodes(args);
    const { defaultAddrPool, dataPathPort } = args.swarm ?? {};
    const nodes = this.wanted.map(requestOf);
    const request = {
      ...{ owner: this.owner, nodes, machines: poolMachines(args), volumes: poolVolumes(args) },
      ...{ defaultAddrPool, dataPathPort },
    };
    const component = `SwarmCluster "${name}"`;
    report(component, checkHostname("name", name));
    reportWithOutputs(component, shapeOf(args), (shape) => checkCluster(shape as ClusterShape));
    reportWithOutputs(component, args.registries, checkRegistries);
    report(component, [
      ...checkSwarmSettings(args.swarm ?? {}),
      ...commandPackageProblems(this.wanted.flatMap(({ afterJoin }) => afterJoin)),
    ]);
    reportLater(component, args.platform.validate(request, onceKnownOf(component)));
    this.warnOfEvenManagers(name, args);

    const prepared = args.platform.prepare(request, { parent: this });
    const machines = new Map(
      this.wanted.map((node) => [node.name, prepared.createMachine(requestOf(node), { parent: this })]),
    );
    const managerNodes = this.wanted.filter(({ role }) => role === "manager");
    const managerMachines = managerNodes.map(({ name: node }) => machineOf(machines, node));
    const checks = prepared.checks?.([...machines.values()], { parent: this }) ?? [];
    this.swarm = this.createSwarm(name, args, managerMachines, checks);
    const managerRefs = refsOf(managerMachines);
    const finished = prepared.finish([...machines.values()], { parent: this });

    const poolOf = (
      pool: string,
      nodes: readonly WantedNode[],
      after: pulumi.Resource[],
      oneByOne: boolean,
    ) =>
      new NodePool(
        `${name}-${pool}`,
        {
          nodes: nodes.map((wanted) => ({ wanted, machine: machineOf(machines, wanted.name) })),
          owner: this.owner,
          swarm: this.swarm,
          managers: managerRefs,
          machinesDieWithCluster: args.platform.machinesDieWithCluster,
          disruption: args.disruption,
          protectVolumes: protectsVolumes(args),
          after,
          oneByOne,
        },
        { parent: this },
      );
    // A node takes tasks as soon as it is a member, so its images come first.
    const managers = poolOf("managers", managerNodes, finished.resources, true);
    // Managers before workers: a newer manager serves older workers, and not the other way round.
    const lastManager = resourcesOf(managers.members.slice(-1));
    const pools = (args.workers ?? []).map((pool) =>
      poolOf(
        pool.name,
        this.wanted.filter((node) => node.pool === pool.name && node.role === "worker"),
        [...finished.resources, ...lastManager],
        false,
      ),
    );

    this.clusterId = this.swarm.clusterId;
    this.managerToken = this.swarm.managerToken;
    this.workerToken = this.swarm.workerToken;
    this.unlockKey = this.swarm.unlockKey;
    this.ref = pulumi
      .all([this.clusterId, managerRefs])
      .apply(([clusterId, refs]) => ({ clusterId, managers: refs }));
    this.managers = nodesOf([managers], machines);
    this.workers = nodesOf(pools, machines);
    const members = [managers, ...pools].flatMap((pool) => pool.members);
    const nodeSpecs = this.createNodeSpecs(name, args, members, managerRefs);
    const service = [nodeSpecs, ...finished.resources];
    this.ready = pulumi.all(service.map(({ urn }) => urn));
    this.deletedWith = this.swarm.urn;
    this.dockerHost = dockerHostOfCluster(managerMachines, identity, nodeSpecs);
    this.imageFingerprints = finished.imageFingerprints;
    this.resolveImage = pulumi.output(args.platform.resolveImage);
    this.registries = args.registries;
    this.exported = this.export();
    this.registerOutputs({
      clusterId: this.clusterId,
      managers: this.managers,
      workers: this.workers,
      ready: this.ready,
      deletedWith: this.deletedWith,
      exported: this.exported,
      dockerHost: this.dockerHost,
      record: this.record(machines),
    });
  }

  /**
   * A provider of `@pulumi/docker`, an optional peer, for a manager of this cluster: for what this package has no resource of. It finds
   * the manager as `dockerHost` says.
   *
   * @param name - of the provider; each call makes another one. @default "<cluster>-docker"
   * @example
   * const provider = cluster.dockerProvider();
   * new docker.Plugin("sshfs", { name: "vieux/sshfs:latest" }, { provider });
   */
  dockerProvider(
    args: DockerProviderArgs = {},
    name = `${this.owner.cluster}-docker`,
    opts: pulumi.ResourceOptions = {},
  ): DockerProvider {
    return dockerProviderOf(name, this.dockerHost, args, { parent: this, ...opts });
  }

  /** Known when all nodes are in service: who puts a stack into the swarm of another program does not wait for them. */
  private export(): pulumi.Output<ExportedCluster> {
    const { project, stack, cluster } = this.owner;
    const known = pulumi.all([this.ref, this.imageFingerprints, this.resolveImage, this.ready]);
    return pulumi.unsecret(
      known.apply(([{ clusterId, managers }, imageFingerprints, resolveImage]) => ({
        ...{ project, stack, cluster, clusterId },
        managers: managers.map(({ name, connection }) => ({ name, connection: withoutLogin(connection) })),
        ...{ imageFingerprints, resolveImage },
      })),
    );
  }

  /** What commands that work on the cluster read from the state. */
  private record(machines: ReadonlyMap<string, Machine>): pulumi.Output<ClusterRecord> {
    const nodes = this.wanted.map(({ name, role, availability, labels }) => {
      const { connection, address, dockerHost } = machineOf(machines, name);
      return pulumi.output({ name, role, availability, labels, connection, address, dockerHost });
    });
    return pulumi.output({
      cluster: this.owner.cluster,
      owner: this.owner,
      clusterId: this.clusterId,
      managers: this.ref.managers,
      nodes,
      tokens: {
        workerRotatedAt: this.swarm.workerTokenRotatedAt,
        managerRotatedAt: this.swarm.managerTokenRotatedAt,
      },
    });
  }

  private createSwarm(
    name: string,
    args: SwarmClusterArgs,
    machines: Machine[],
    dependsOn: pulumi.Resource[],
  ): SwarmResource {
    return new SwarmResource(
      name,
      {
        ...args.swarm,
        owner: this.owner,
        managers: candidatesOf(machines),
        ephemeral: args.platform.machinesDieWithCluster,
        adopt: args.adopt,
        unlocked: true,
      },
      { parent: this, dependsOn },
    );
  }

  /** Nodes take tasks once all of them are members and their commands have run. */
  private createNodeSpecs(
    name: string,
    args: SwarmClusterArgs,
    members: readonly PoolMember[],
    managers: pulumi.Output<ManagerRef[]>,
  ): NodeSpecsResource {
    const { platform, disruption, rebalance } = args;
    const ephemeral = platform.machinesDieWithCluster;
    const protectVolumes = protectsVolumes(args);
    const nodes = Object.fromEntries(members.map((member) => [member.name, member.settings]));
    return new NodeSpecsResource(
      name,
      {
        owner: this.owner,
        clusterId: this.swarm.clusterId,
        managers,
        nodes,
        ephemeral,
        disruption,
        protectVolumes,
        // States of former releases have none.
        rebalance: rebalance || undefined,
      },
      {
        parent: this,
        dependsOn: resourcesOf(members),
        deletedWith: ephemeral ? this.swarm : undefined,
      },
    );
  }

  private warnOfEvenManagers(name: string, args: SwarmClusterArgs): void {
    const count = managerCount(args);
    if (!args.allowEvenManagers || count % 2 === 1) return;
    warn(
      `SwarmCluster "${name}"`,
      `${count} managers survive the loss of ${faultTolerance(count)}, as many as ${count - 1} do; ` +
        `${count + 1} would survive ${faultTolerance(count + 1)}.`,
    );
  }
}

function shapeOf(args: SwarmClusterArgs) {
  return {
    managers: { ...args.managers, count: managerCount(args) },
    workers: args.workers ?? [],
    allowEvenManagers: args.allowEvenManagers ?? false,
    disruption: args.disruption,
  };
}

/** Nothing in place of false: where nothing is protected, states are as they were. */
function protectsVolumes({ platform, protectVolumes }: SwarmClusterArgs): true | undefined {
  return (protectVolumes ?? platform.protectsVolumes ?? true) || undefined;
}

function requestOf({ name, role, pool, machine, volumes }: WantedNode): NodeRequest {
  return { name, role, pool, machine, volumes };
}
