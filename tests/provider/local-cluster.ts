import { randomBytes } from "node:crypto";
import type { Context } from "../../foundation/context";
import { Session } from "../../foundation/session";
import { removeImage } from "../../machines/local/image-state";
import { buildNodeImage } from "../../machines/local/node-image";
import { connectionOf, makeMachine, removeMachine } from "../../machines/local/node-machine";
import { makeNetwork, removeNetwork } from "../../machines/local/node-network";
import type { LocalNodeInputs, LocalNodeOutputs } from "../../schema/local";
import type { Owner } from "../../schema/owner";
import type { NodeSpecsInputs, Role, SwarmNodeInputs, SwarmNodeOutputs } from "../../schema/swarm";
import { becomeMember, noteMember } from "../../swarm/membership/become-member";
import { establish } from "../../swarm/membership/establish";
import { leaveSafely } from "../../swarm/membership/leave";
import { settle, settleAgain } from "../../swarm/membership/settle";

type Machine = LocalNodeInputs & LocalNodeOutputs;
type Member = SwarmNodeInputs & SwarmNodeOutputs;

/** A node, as a state would have it. */
export interface ClusterNode {
  machine: Machine;
  member: Member;
}

export interface LocalCluster {
  owner: Owner;
  network: Parameters<typeof removeNetwork>[0];
  image: Parameters<typeof removeImage>[0];
  /** By name: `manager-1`, `worker-1` … */
  nodes: Map<string, ClusterNode>;
  /** What was set of the members. */
  specs: NodeSpecsInputs;
}

/** What a step is given where nobody but a test runs it. Warnings are kept, as most tests expect none. */
export function testContext(): Context & { warnings: string[] } {
  const warnings: string[] = [];
  return {
    session: new Session(),
    signal: new AbortController().signal,
    progress: () => undefined,
    info: () => undefined,
    warn: (text) => void warnings.push(text),
    warnings,
  };
}

/**
 * Makes a cluster of containers by the steps alone, without Pulumi and without the provider, in their order there. What a
 * failure leaves carries the cluster's name.
 */
export async function makeLocalCluster(
  name: string,
  { managers, workers }: { managers: number; workers: number },
  context: Context,
): Promise<LocalCluster> {
  const owner = {
    project: "pulumi-swarm",
    stack: "test",
    cluster: name,
    id: randomBytes(16).toString("hex"),
  };
  const [network, image] = await Promise.all([
    withOutputs({ name, owner }, (inputs) => makeNetwork(inputs, context)),
    withOutputs({ name: `pulumi-swarm-node:${name}`, owner }, (inputs) => buildNodeImage(inputs, context)),
  ]);
  const names = [...numbered("manager", managers), ...numbered("worker", workers)];
  const machines = await Promise.all(
    names.map((hostname) => {
      const common = { owner, network: network.networkId, image: image.imageId, running: true };
      return withOutputs({ ...common, name: `${name}-${hostname}`, hostname }, (inputs) =>
        makeMachine(inputs, context),
      );
    }),
  );
  const members = await joined(owner, machines, context);
  const nodes = new Map(
    machines.map((machine, index) => [names[index], { machine, member: members[index] }]),
  );
  const specs = specsOf(owner, nodes);
  await settle(specs, context);
  return { owner, network, image, nodes, specs };
}

/** Takes a node's tasks and vote. It stays a member. */
export async function retireNode(cluster: LocalCluster, name: string, context: Context): Promise<void> {
  const staying = new Map([...cluster.nodes].filter(([node]) => node !== name));
  const specs = specsOf(cluster.owner, staying);
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

/** Removes the machines, and the swarm with them. */
export async function removeLocalCluster(
  { network, image, nodes }: LocalCluster,
  context: Context,
): Promise<void> {
  await Promise.all([...nodes.values()].map(({ machine }) => removeMachine(machine, context)));
  await removeImage(image, context);
  await removeNetwork(network, context);
}

/** The managers join one after the other, as each needs those before it, and then all workers. */
async function joined(owner: Owner, machines: readonly Machine[], context: Context): Promise<Member[]> {
  const managers = machines.filter((machine) => roleOf(machine) === "manager").map(refOf);
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
  const workers = await Promise.all(inputs.filter(({ role }) => role === "worker").map(join));
  return [...members, ...workers];
}

function specsOf(owner: Owner, nodes: ReadonlyMap<string, ClusterNode>): NodeSpecsInputs {
  const [{ member }] = nodes.values();
  const settings = [...nodes].map(
    ([
      name,
      {
        member: { nodeId, role },
      },
    ]) => {
      return [name, { nodeId, availability: "active", labels: { pool: `${role}s` } }] as const;
    },
  );
  const { clusterId, managers } = member;
  return { owner, clusterId, managers, nodes: Object.fromEntries(settings), ephemeral: true };
}

function refOf(machine: Machine) {
  return { name: machine.hostname, connection: connectionOf(machine), advertiseAddr: machine.address };
}

function roleOf({ hostname }: Machine): Role {
  return hostname.startsWith("manager") ? "manager" : "worker";
}

/** Inputs and what they became, which is what the steps after it are given. */
async function withOutputs<I extends object, O extends object>(
  inputs: I,
  step: (inputs: I) => Promise<O>,
): Promise<I & O> {
  return { ...inputs, ...(await step(inputs)) };
}

function numbered(role: Role, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${role}-${index + 1}`);
}
