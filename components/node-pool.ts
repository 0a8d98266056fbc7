import * as pulumi from "../resources/pulumi";
import type { Connection, ManagerRef } from "../schema/connection";
import type { DisruptionBudget, NodeSettings } from "../schema/swarm";
import type { Machine } from "../platforms/platform";
import { SwarmNodeResource, type SwarmResource } from "../resources/swarm-resources";
import type { Inputs, OwnerArgs } from "../resources/resource-class";
import { runAfterJoin } from "./after-join";
import type { WantedNode } from "./cluster-args";

export interface NodePoolMemberArgs {
  /** The nodes of the pool, each with its machine. */
  nodes: { wanted: WantedNode; machine: Machine }[];
  /** Whose they are. With the cluster's name a node's resource has a name of its own beside other clusters. */
  owner: OwnerArgs;
  swarm: SwarmResource;
  /** All managers of the cluster. */
  managers: pulumi.Input<ManagerRef[]>;
  machinesDieWithCluster: boolean;
  disruption?: DisruptionBudget;
  protectVolumes?: boolean;
  /** What has to be there before any node of the pool joins. */
  after: pulumi.Resource[];
  /** Join one after the other, each when the commands of the one before have run: managers change one at a time. */
  oneByOne: boolean;
}

export interface PoolMember {
  name: string;
  node: SwarmNodeResource;
  /** What runs on it once it has joined. */
  commands: pulumi.Resource[];
  /** What it gets after that. */
  settings: Inputs<NodeSettings>;
}

/** Nodes of one kind: the managers, or one pool of workers. */
export class NodePool extends pulumi.ComponentResource {
  readonly members: PoolMember[] = [];

  constructor(name: string, args: NodePoolMemberArgs, opts?: pulumi.ComponentResourceOptions) {
    super("swarm:index:NodePool", name, {}, opts);
    const { owner, swarm, managers, machinesDieWithCluster, disruption, protectVolumes, after, oneByOne } =
      args;
    const { cluster } = owner;
    const deletedWith = machinesDieWithCluster ? swarm : undefined;
    for (const { wanted, machine } of args.nodes) {
      const before = oneByOne ? this.members.slice(-1) : [];
      const isManager = wanted.role === "manager";
      const node = new SwarmNodeResource(
        `${cluster}-${wanted.name}`,
        {
          owner,
          name: wanted.name,
          clusterId: swarm.clusterId,
          managers,
          connection: machine.connection as pulumi.Output<Connection>,
          machine: machine.identity,
          advertiseAddr: machine.address,
          role: wanted.role,
          afterJoin: isManager && wanted.afterJoin.length > 0 ? true : undefined,
          disruption,
          protectVolumes,
          disks: machine.disks,
          joinToken: isManager ? swarm.managerToken : swarm.workerToken,
          ephemeral: machinesDieWithCluster,
        },
        { parent: this, dependsOn: [...after, ...resourcesOf(before)], deletedWith },
      );
      const commands = runAfterJoin(`${cluster}-${wanted.name}`, wanted.afterJoin, machine, [node], {
        parent: this,
        deletedWith,
      });
      const { name, availability, exclusiveLabels } = wanted;
      // Each label by itself, so that a preview shows those that are known.
      const labels = { ...machine.labels, ...wanted.labels } as pulumi.Input<Record<string, string>>;
      const settings = { nodeId: node.nodeId, availability, labels, exclusiveLabels };
      this.members.push({ name, node, commands, settings });
    }
    this.registerOutputs({});
  }
}

/** Members, and what runs on them after they joined. */
export function resourcesOf(members: readonly PoolMember[]): pulumi.Resource[] {
  return members.flatMap(({ node, commands }) => [node, ...commands]);
}
