import * as pulumi from "@pulumi/pulumi";
import type { Connection, ManagerRef } from "../contract/connection";
import type { Machine } from "../platforms/platform";
import { SwarmNode, type Swarm } from "../resources/swarm";
import type { WantedNode } from "./cluster-args";

export interface NodePoolMemberArgs {
  /** The nodes of the pool, each with its machine. */
  nodes: { wanted: WantedNode; machine: Machine }[];
  swarm: Swarm;
  /** All managers of the cluster. */
  managers: pulumi.Input<ManagerRef[]>;
  machinesDieWithCluster: boolean;
  /** Join one after the other: managers change one at a time. */
  oneByOne: boolean;
}

/** Nodes of one kind: the managers, or one pool of workers. */
export class NodePool extends pulumi.ComponentResource {
  readonly nodes: SwarmNode[] = [];

  constructor(name: string, args: NodePoolMemberArgs, opts?: pulumi.ComponentResourceOptions) {
    super("swarm:index:NodePool", name, {}, opts);
    const { swarm, managers, machinesDieWithCluster, oneByOne } = args;
    for (const { wanted, machine } of args.nodes) {
      const before = this.nodes.at(-1);
      const node = new SwarmNode(
        wanted.name,
        {
          name: wanted.name,
          clusterId: swarm.clusterId,
          managers,
          connection: machine.connection as pulumi.Output<Connection>,
          machine: machine.identity,
          advertiseAddr: machine.address,
          role: wanted.role,
          availability: wanted.availability,
          labels: wanted.labels,
          joinToken: wanted.role === "manager" ? swarm.managerToken : swarm.workerToken,
          ephemeral: machinesDieWithCluster,
        },
        {
          parent: this,
          dependsOn: oneByOne && before ? [before] : [],
          deletedWith: machinesDieWithCluster ? swarm : undefined,
        },
      );
      this.nodes.push(node);
    }
    this.registerOutputs({});
  }
}
