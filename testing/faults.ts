import { connect } from "../docker/connect";
import { killContainer } from "../docker/containers";
import { outerEngine } from "../docker/outer";
import type { Context } from "../foundation/context";
import { changeMachine } from "../machines/local/node-machine";
import { nodeReady } from "../swarm/membership/node-ready";
import { settleAgain } from "../swarm/membership/settle";
import type { ClusterNode, LocalCluster } from "./local-cluster";

/** How a node was harmed. */
export type Fault = "killed" | "partitioned" | "drained";

/** Loopback stays, and so does the way over the container that all orders of ours take. */
const PARTITION = ["INPUT -i eth0", "OUTPUT -o eth0"];

/** The node ends as by a power failure. */
export async function killNode(cluster: LocalCluster, name: string, context: Context): Promise<void> {
  const { machine } = nodeCalled(cluster, name);
  const { containerId: id, container } = machine;
  await killContainer(outerEngine(cluster.dockerHost, context), { id, name: container });
}

/** Nothing goes into the node's network or comes out of it; its tasks run on. */
export async function partitionNode(cluster: LocalCluster, name: string, context: Context): Promise<void> {
  await filter(nodeCalled(cluster, name), "-I", context);
}

/** The node gives its tasks away, task by task where a service runs nowhere else, and gets none. */
export function drainNode(cluster: LocalCluster, name: string, context: Context): Promise<void> {
  return setAvailability(cluster, name, "drain", context);
}

/** Ends a fault, and waits until the node is Ready, as a manager Reachable. */
export async function restoreNode(
  cluster: LocalCluster,
  name: string,
  fault: Fault,
  context: Context,
): Promise<void> {
  const node = nodeCalled(cluster, name);
  if (fault === "drained") return setAvailability(cluster, name, "active", context);
  if (fault === "killed")
    await changeMachine({ ...node.machine, running: false }, { ...node.machine, running: true }, context);
  else await filter(node, "-D", context);
  const { nodeId, managers, connection, role } = node.member;
  await nodeReady({ name, nodeId, managers, connection }, role, context);
}

/** @throws Error with the nodes that there are */
export function nodeCalled({ nodes }: LocalCluster, name: string): ClusterNode {
  const found = nodes.get(name);
  if (found) return found;
  throw new Error(`There is no node "${name}". There are: ${[...nodes.keys()].join(", ")}.`);
}

async function filter({ machine }: ClusterNode, how: "-I" | "-D", context: Context): Promise<void> {
  const { container, dockerHost } = machine;
  const script = PARTITION.map((rule) => `iptables -w ${how} ${rule} -j DROP`).join(" && ");
  const { transport } = connect({ container, dockerHost }, context);
  const { exitCode, stderr } = await transport.run(["sh", "-c", script], { signal: context.signal });
  if (exitCode !== 0) throw new Error(`${machine.hostname}: its network was not changed: ${stderr.trim()}`);
}

async function setAvailability(
  cluster: LocalCluster,
  name: string,
  availability: "active" | "drain",
  context: Context,
): Promise<void> {
  nodeCalled(cluster, name);
  const { nodes } = cluster.specs;
  const specs = { ...cluster.specs, nodes: { ...nodes, [name]: { ...nodes[name], availability } } };
  await settleAgain(nodes, specs, context);
  cluster.specs = specs;
}
