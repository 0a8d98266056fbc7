import * as pulumi from "../resources/pulumi";
import type { Connection, ManagerRef } from "../contract/connection";
import type { DisruptionBudget } from "../contract/swarm";
import type { Machine } from "../platforms/platform";
import { SwarmNode, type Swarm } from "../resources/swarm";
import { runAfterJoin } from "./after-join";
import type { WantedNode } from "./cluster-args";

export interface NodePoolMemberArgs {
  /** The nodes of the pool, each with its machine. */
  nodes: { wanted: WantedNode; machine: Machine }[];
  /** Name of the cluster: with it a node's resource has a name of its own beside other clusters. */
  cluster: string;
  swarm: Swarm;
  /** All managers of the cluster. */
  managers: pulumi.Input<ManagerRef[]>;
  machinesDieWithCluster: boolean;
  disruption?: DisruptionBudget;
  /** What has to be there before any node of the pool joins. */
  after: pulumi.Resource[];
  /** Join one after the other: managers change one at a time. */
  oneByOne: boolean;
}

/** Nodes of one kind: the managers, or one pool of workers. */
export class NodePool extends pulumi.ComponentResource {
  readonly members: { name: string; node: SwarmNode }[] = [];

  constructor(name: string, args: NodePoolMemberArgs, opts?: pulumi.ComponentResourceOptions) {
    super("swarm:index:NodePool", name, {}, opts);
    const { cluster, swarm, managers, machinesDieWithCluster, disruption, after, oneByOne } = args;
    for (const { wanted, machine } of args.nodes) {
      const before = this.members.at(-1)?.node;
      const node = new SwarmNode(
        `${cluster}-${wanted.name}`,
        {
          name: wanted.name,
          clusterId: swarm.clusterId,
          managers,
          connection: machine.connection as pulumi.Output<Connection>,
          machine: machine.identity,
          advertiseAddr: machine.address,
          role: wanted.role,
          availability: wanted.availability,
          labels: { ...machine.labels, ...wanted.labels },
          exclusiveLabels: wanted.exclusiveLabels,
          disruption,
          joinToken: wanted.role === "manager" ? swarm.managerToken : swarm.workerToken,
          ephemeral: machinesDieWithCluster,
        },
        {
          parent: this,
          dependsOn: oneByOne && before ? [...after, before] : after,
          deletedWith: machinesDieWithCluster ? swarm : undefined,
        },
      );
      this.members.push({ name: wanted.name, node });
    }
    // A manager that others follow may be counted before its own engine answers; behind the last one all do.
    const last = oneByOne ? this.members.slice(-1).map(({ node }) => node) : [];
    args.nodes.forEach(({ wanted, machine }, index) => {
      const after = [this.members[index].node, ...last];
      runAfterJoin(`${cluster}-${wanted.name}`, wanted.afterJoin, machine, after, {
        parent: this,
        deletedWith: machinesDieWithCluster ? swarm : undefined,
      });
    });
    this.registerOutputs({});
  }
}
