import type { Context } from "../foundation/context";
import { removeImage } from "../machines/local/image-state";
import { loadImages } from "../machines/local/image-load";
import { buildNodeImage } from "../machines/local/node-image";
import { connectionOf, makeMachine, removeMachine } from "../machines/local/node-machine";
import { makeNetwork, removeNamedNetwork } from "../machines/local/node-network";
import type { LocalNodeInputs, LocalNodeOutputs } from "../schema/local";
import type { Owner } from "../schema/owner";
import type { NodeSpecsInputs, Role, SwarmNodeInputs, SwarmNodeOutputs } from "../schema/swarm";
import { becomeMember, noteMember } from "../swarm/membership/become-member";
import { establish } from "../swarm/membership/establish";
import { leaveSafely } from "../swarm/membership/leave";
import { settle, settleAgain } from "../swarm/membership/settle";

type Machine = LocalNodeInputs & LocalNodeOutputs;
type Member = SwarmNodeInputs & SwarmNodeOutputs;

/** What a cluster of containers is made of. */
export interface ClusterShape {
  managers: number;
  workers: number;
  /** Images of the engine that runs the nodes, loaded into each. @default none */
  images?: readonly string[];
  /** Node → its labels. @default none beside its pool */
  labels?: Record<string, Record<string, string>>;
  /** Image that the nodes start from. @default that of local platforms */
  baseImage?: string;
  /** Docker Engine that runs the nodes, as in DOCKER_HOST. @default what the docker CLI would use */
  dockerHost?: string;
}

/** A node, as a state would have it. */
export interface ClusterNode {
  machine: Machine;
  member: Member;
}

export interface LocalCluster {
  owner: Owner;
  dockerHost?: string;
  /** By name: `manager-1`, `worker-1` … */
  nodes: Map<string, ClusterNode>;
  /** What was set of the members. */
  specs: NodeSpecsInputs;
}

/**
 * Makes a cluster of containers by the steps alone, without Pulumi and without the provider, in their order there. What a
 * failure leaves carries its owner's identity: {@link removeLocalCluster}.
 */
export async function makeLocalCluster(
  owner: Owner,
  shape: ClusterShape,
  context: Context,
): Promise<LocalCluster> {
  const { dockerHost, baseImage, images = [] } = shape;
  const name = owner.cluster;
  const [network, image] = await bothMade(
    makeNetwork({ name, owner, dockerHost }, context),
    buildNodeImage({ name: imageOf(owner), owner, baseImage, dockerHost }, context),
  );
  const names = [...numbered("manager", shape.managers), ...numbered("worker", shape.workers)];
  context.progress(`starting ${names.length} machines`);
  const machines = await allMade(
    names.map((hostname) => {
      const common = { owner, dockerHost, network: network.networkId, image: image.imageId, running: true };
      return withOutputs({ ...common, name: `${name}-${hostname}`, hostname }, (inputs) =>
        makeMachine(inputs, context),
      );
    }),
  );
  const loaded = loadImages(
    { images: images.map((tag) => ({ name: tag })), nodes: machines.map(loadedNode), dockerHost },
    context,
  );
  const [members] = await bothMade(joined(owner, machines, context), loaded);
  const nodes = new Map(
    machines.map((machine, index) => [names[index], { machine, member: members[index] }]),
  );
  const specs = specsOf(owner, nodes, shape.labels);
  await settle(specs, context);
  return { owner, dockerHost, nodes, specs };
}

/** Takes a node's tasks and vote. It stays a member. */
export async function retireNode(cluster: LocalCluster, name: string, context: Context): Promise<void> {
  const { [name]: _retired, ...nodes } = cluster.specs.nodes;
  const specs = { ...cluster.specs, nodes };
  await settleAgain(cluster.specs.nodes, specs, context);
  cluster.specs = specs;
}

/** Takes a retired node out of its swarm, and removes its machine. */
export async function removeNode(cluster: LocalCluster, name: string, context: Context): Promise<void> {
  const { member, machine } = cluster.nodes.get(name) as ClusterNode;
  await leaveSafely(member, context);
  await removeMachine(machine, context);
  cluster.nodes.delete(name);
}

/** Removes all that carries a cluster's identity in the engine that ran its nodes, and its sockets, however far it had come. */
export async function removeLocalCluster(
  { owner, dockerHost }: Pick<LocalCluster, "owner" | "dockerHost">,
  context: Context,
): Promise<void> {
  await removeNamedNetwork({ name: owner.cluster, owner, dockerHost }, context);
  await removeImage({ name: imageOf(owner), owner, dockerHost }, context);
}

/** The managers join one after the other, as each needs those before it, and then all workers. */
async function joined(owner: Owner, machines: readonly Machine[], context: Context): Promise<Member[]> {
  const managers = machines.filter((machine) => roleOf(machine) === "manager").map(refOf);
  context.progress("making the swarm");
  const swarm = await establish({ owner, managers, ephemeral: true, unlocked: true }, context);
  const { clusterId, managerToken, workerToken } = swarm;
  const inputs = machines.map((machine): SwarmNodeInputs => {
    const role = roleOf(machine);
    const joinToken = role === "manager" ? managerToken : workerToken;
    const common = { owner, clusterId, managers, ephemeral: true, role, joinToken };
    return { ...common, ...refOf(machine), machine: machine.containerId };
  });
  inputs.forEach((one) => noteMember(one, undefined, context));
  const join = (one: SwarmNodeInputs) => withOutputs(one, () => becomeMember(one, context));
  const members: Member[] = [];
  for (const one of inputs.filter(({ role }) => role === "manager")) members.push(await join(one));
  const workers = await allMade(inputs.filter(({ role }) => role === "worker").map(join));
  return [...members, ...workers];
}

function specsOf(
  owner: Owner,
  nodes: ReadonlyMap<string, ClusterNode>,
  labels: ClusterShape["labels"] = {},
): NodeSpecsInputs {
  const [{ member }] = nodes.values();
  const settings = [...nodes].map(([name, { member: one }]) => {
    const { nodeId, role } = one;
    return [name, { nodeId, availability: "active", labels: { pool: `${role}s`, ...labels[name] } }] as const;
  });
  const { clusterId, managers } = member;
  return { owner, clusterId, managers, nodes: Object.fromEntries(settings), ephemeral: true };
}

function refOf(machine: Machine) {
  return { name: machine.hostname, connection: connectionOf(machine), advertiseAddr: machine.address };
}

/** A node as images are loaded into it. */
export function loadedNode(machine: Machine) {
  return { name: machine.hostname, machine: machine.containerId, connection: connectionOf(machine) };
}

function roleOf({ hostname }: Machine): Role {
  return hostname.startsWith("manager") ? "manager" : "worker";
}

function imageOf({ cluster }: Owner): string {
  return `pulumi-swarm-node:${cluster}`;
}

/** Fails when all have ended, so that whoever removes what was made meets nothing that is still being made. */
async function allMade<T>(steps: Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(steps);
  return Promise.all(steps);
}

async function bothMade<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}

/** Inputs and what they became, which is what the steps after it are given. */
async function withOutputs<I extends object, O extends object>(
  inputs: I,
  step: (inputs: I) => Promise<O>,
): Promise<I & O> {
  return { ...inputs, ...(await step(inputs)) };
}

/** The names of the nodes of a role. */
export function numbered(role: Role, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${role}-${index + 1}`);
}
