import { connect } from "../docker/connect";
import type { EngineClient } from "../docker/engine-client";
import type { SwarmNodeInspect } from "../docker/api/node";
import { info } from "../docker/nodes";
import type { Waiting } from "../foundation/context";
import type { RecordedCluster } from "../schema/cluster-record";
import { givenName, nodeName } from "../swarm/nodes/node-name";

/**
 * The engine of a node, reached as its machine is.
 *
 * @throws Error where the stack does not know how: who only uses a cluster knows its managers alone.
 */
export async function engineOfNode(
  node: SwarmNodeInspect,
  { cluster, nodes, managers, isExisting }: RecordedCluster,
  waiting: Waiting,
): Promise<EngineClient> {
  const recorded = nodes.find(({ name }) => name === givenName(node));
  if (recorded) return connect(recorded.connection, waiting);
  // What managers are called here need not be what they are called where they were made.
  for (const { connection } of isExisting && node.ManagerStatus ? managers : []) {
    const engine = connect(connection, waiting);
    const id = await info(engine, waiting.signal).then(
      ({ Swarm }) => Swarm.NodeID,
      () => undefined,
    );
    if (id === node.ID) return engine;
  }
  throw new Error(
    isExisting
      ? `${nodeName(node)} is not in reach: cluster ${cluster} is not made by this stack, which knows its managers alone. ` +
          "Run this in the project that makes it."
      : `${nodeName(node)} is a node of the swarm, and none that the program of cluster ${cluster} asks for: how it is ` +
          "reached is not known here.",
  );
}
