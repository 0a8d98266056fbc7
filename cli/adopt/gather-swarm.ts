import { NODE_LABEL } from "../../schema/owner";
import type { NetworkInspect } from "../../docker/api/network";
import { nodeName } from "../../swarm/nodes/node-name";
import type { SwarmObject } from "../../docker/api/object";
import type { FullServiceSpec } from "../../swarm/stacks/stack-compose/spec";
import type { SwarmNodeInspect } from "../../docker/api/node";
import type { SwarmInspect } from "../../docker/api/swarm";
import { listNetworks } from "../../docker/networks";
import { info, listNodes } from "../../docker/nodes";
import { listObjects } from "../../docker/objects";
import { listServices } from "../../docker/services";
import { inspectSwarm } from "../../docker/swarm";
import { presentedHostKey } from "../../transport/ssh-host-key-scan";
import { checkHostname } from "../../validation/node";
import type { AskedManager, Login } from "./target";
import type { InRun } from "../../foundation/session";

/** A node as the program will name it, and where its machine is. */
export interface FoundNode {
  name: string;
  id: string;
  role: "manager" | "worker";
  availability: string;
  labels: Record<string, string>;
  /** Address that the other nodes reach it at. */
  address: string;
  /** Address that SSH reached it at, where that is another one. */
  sshAddress?: string;
  /** As it presented it. */
  hostKey?: string;
  /** Version of its engine. */
  engine: string;
}

export interface FoundSwarm {
  swarm: SwarmInspect;
  nodes: FoundNode[];
  /** Host names of members that are down, which no program can take over. */
  down: string[];
  /** All of the swarm, with those of stacks. */
  services: FullServiceSpec[];
  networks: NetworkInspect[];
  configs: SwarmObject[];
  secrets: SwarmObject[];
  login?: Login;
}

const HOST_KEY_MS = 15_000;

/** All that a program has to say of a swarm, asked of one of its managers. Nothing is changed. */
export async function gather(manager: AskedManager, run: InRun): Promise<FoundSwarm> {
  const { engine } = manager;
  const { signal } = run;
  const swarm = await inspectSwarm(engine, signal);
  const [nodes, services, all, configs, secrets, { Swarm: self }] = await Promise.all([
    listNodes(engine, signal),
    listServices(engine, signal) as Promise<{ Spec: FullServiceSpec }[]>,
    listNetworks(engine, {}, signal),
    listObjects(engine, "config", {}, signal),
    listObjects(engine, "secret", {}, signal),
    info(engine, signal),
  ]);
  const up = nodes.filter(({ Status }) => Status.State === "ready");
  const asked = up.find(({ ID }) => ID === self.NodeID);
  const found = await Promise.all(named(up).map((node) => withHostKey(node, manager, asked?.ID, run)));
  return {
    swarm,
    nodes: found,
    down: nodes.filter((node) => !up.includes(node)).map(nodeName),
    services: services.map(({ Spec }) => Spec),
    networks: all,
    configs: byName(configs),
    secrets: byName(secrets),
    login: manager.ssh?.login,
  };
}

/** By their host names, where programs can have these; else by role and number. */
function named(nodes: readonly SwarmNodeInspect[]): FoundNode[] {
  const ordered = [...nodes].sort((a, b) =>
    nodeName(a).localeCompare(nodeName(b), undefined, { numeric: true }),
  );
  const names = ordered.map(nodeName);
  const isUsable = (name: string) =>
    checkHostname("", name).length === 0 && names.indexOf(name) === names.lastIndexOf(name);
  return ordered.map((node, index) => {
    const { ID, Spec, Description, Status, ManagerStatus } = node;
    const role = ManagerStatus ? "manager" : "worker";
    const { [NODE_LABEL]: _name, ...labels } = Spec.Labels ?? {};
    return {
      name: isUsable(names[index]) ? names[index] : `${role}-${index + 1}`,
      id: ID,
      role,
      availability: Spec.Availability,
      labels,
      // A manager may tell the address that it listens at as its own.
      address: ManagerStatus?.Addr?.replace(/:\d+$/, "") ?? Status.Addr ?? "",
      engine: Description.Engine.EngineVersion ?? "",
    };
  });
}

async function withHostKey(
  node: FoundNode,
  { ssh }: AskedManager,
  askedId: string | undefined,
  run: InRun,
): Promise<FoundNode> {
  if (!ssh) return node;
  if (node.id === askedId) {
    const isOther = ssh.address !== node.address;
    return { ...node, hostKey: ssh.hostKey, ...(isOther ? { sshAddress: ssh.address } : {}) };
  }
  try {
    const soon = AbortSignal.any([run.signal, AbortSignal.timeout(HOST_KEY_MS)]);
    const { port } = ssh.login;
    return {
      ...node,
      hostKey: await presentedHostKey({ host: node.address, port }, { ...run, signal: soon }),
    };
  } catch (error) {
    if (run.signal.aborted) throw error;
    return node;
  }
}

function byName(objects: readonly SwarmObject[]): SwarmObject[] {
  return [...objects].sort((a, b) => a.Spec.Name.localeCompare(b.Spec.Name));
}
