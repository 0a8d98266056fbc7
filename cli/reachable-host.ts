import type { RecordedCluster } from "../schema/cluster-record";
import { onManager } from "../swarm/managers";
import { inspectSwarm } from "../docker/swarm";
import type { Waiting } from "../foundation/context";
import { clusterSockets } from "../foundation/cluster-sockets";
import { SWARM_COMMAND } from "../foundation/command-lines";
import { HostClient } from "../transport/docker-client";

/** A manager without a leader says so after a while; on a busy machine everything takes one. */
const TIMEOUT_MS = 30_000;

/**
 * Where any tool on this machine reaches a manager that answers for the swarm: a socket that does, the one of a proxy that
 * runs, or the address of a manager that its own transport finds.
 */
export async function reachableHost(cluster: RecordedCluster, waiting: Waiting): Promise<string> {
  const { managers, nodes, owner } = cluster;
  const hostOf = (manager: string) => nodes.find(({ name }) => name === manager)?.dockerHost;
  const sockets = managers.map(({ name }) => hostOf(name)).filter((host) => host?.startsWith("unix:"));
  const proxy = `unix://${clusterSockets(owner.id).proxy}`;
  const answering = [...sockets, proxy].map((host) => swarmAt(host as string));
  const socket = await Promise.any(answering).catch(() => undefined);
  if (socket) return socket;
  const manager = await onManager(managers, waiting, async (engine, found) => {
    await inspectSwarm(engine, waiting.signal);
    return found.name;
  });
  const host = hostOf(manager);
  if (host && !host.startsWith("unix:")) return host;
  throw new Error(
    `The managers of cluster ${cluster.cluster} run, and no other tool on this machine reaches them by itself: their engine is ` +
      "another machine's, a virtual one's or another user's, they were made by an earlier version, or a login needs sudo. " +
      `A proxy makes a socket for as long as it runs, in a terminal of its own: ${SWARM_COMMAND} proxy`,
  );
}

/** The address, once a manager with a leader has answered there. */
async function swarmAt(url: string): Promise<string> {
  await inspectSwarm(new HostClient(url, { url, from: "dockerHost" }, TIMEOUT_MS, true));
  return url;
}
