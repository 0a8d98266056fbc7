import * as pulumi from "../resources/pulumi";
import type { ManagerRef } from "../schema/connection";
import { clusterSockets } from "../foundation/cluster-sockets";
import type { Machine } from "../platforms/platform";
import type { NodePool } from "./node-pool";

/** A node of the cluster as the program's outputs show it. */
export interface ClusterNode {
  name: string;
  /** ID of the node in the swarm. */
  id: string;
  address: string;
}

export function machineOf(machines: ReadonlyMap<string, Machine>, name: string): Machine {
  const machine = machines.get(name);
  if (!machine) throw new Error(`No machine was made for node ${name}.`);
  return machine;
}

/** How a cluster-wide operation reaches these machines. */
export function refsOf(machines: Machine[]): pulumi.Output<ManagerRef[]> {
  return pulumi.all(
    machines.map(({ name, connection }) => connection.apply((known) => ({ name, connection: known }))),
  );
}

/** Where other tools find a manager, once the resource is there that comes after all joins. */
export function dockerHostOfCluster(
  managers: readonly Machine[],
  identity: pulumi.Output<string>,
  joined: pulumi.CustomResource,
): pulumi.Output<string> {
  const hosts = pulumi.all(managers.map(({ dockerHost }) => pulumi.output(dockerHost)));
  return pulumi
    .all([hosts, identity, joined.id])
    .apply(([known, id]) => known.find((host) => host) ?? `unix://${clusterSockets(id).proxy}`);
}

/** The nodes of some pools as the outputs show them. */
export function nodesOf(
  pools: NodePool[],
  machines: ReadonlyMap<string, Machine>,
): pulumi.Output<ClusterNode[]> {
  const rows = pools
    .flatMap(({ members }) => members)
    .map(({ name, node }) => {
      const machine = machineOf(machines, name);
      return pulumi.all([node.nodeId, machine.address]).apply(([id, address]) => ({ name, id, address }));
    });
  return pulumi.all(rows);
}

/** Machines that may initialise the swarm or be managers of it already, with the address that they advertise. */
export function candidatesOf(machines: Machine[]) {
  return pulumi.all(
    machines.map(({ name, connection, address }) =>
      pulumi
        .all([connection, address])
        .apply(([known, advertiseAddr]) => ({ name, connection: known, advertiseAddr })),
    ),
  );
}
