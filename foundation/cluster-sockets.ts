import { homedir } from "node:os";
import path from "node:path";

/**
 * The sockets on this machine at which a cluster's managers can be talked to, in a folder that only its user can enter:
 *
 *     ~/.pulumi-swarm/<identity>/<node>.sock             a link to the socket of the node's container
 *     ~/.pulumi-swarm/<identity>/machines/<container>/   what is mounted in that container: its engine's socket
 *     ~/.pulumi-swarm/<identity>/proxy/docker.sock       what `pulumi-swarm proxy` makes
 *
 * The link keeps its name while containers are replaced, which are two at a time then.
 */
export interface ClusterSockets {
  folder: string;
  /** Of the proxy. */
  proxy: string;
}

/** In a container's folder. */
export const SOCKET_NAME = "docker.sock";

/**
 * Bytes that a socket's address holds, the end not counted; macOS has four less.
 * Source: unix(7), https://man7.org/linux/man-pages/man7/unix.7.html
 */
const LONGEST = process.platform === "darwin" ? 103 : 107;

/** Of an identity. The paths of sockets are short. */
const DIGITS = 12;

/** The folder of all clusters' sockets: PULUMI_SWARM_SOCKETS, or in the home of whoever runs this. */
export function socketsHome(env: NodeJS.ProcessEnv = process.env): string {
  return path.resolve(env.PULUMI_SWARM_SOCKETS || path.join(env.HOME || homedir(), ".pulumi-swarm"));
}

/** @param identity - of the cluster. @default none, as clusters from before there were identities */
export function clusterSockets(identity = "", env?: NodeJS.ProcessEnv): ClusterSockets {
  const folder = path.join(socketsHome(env), identity.slice(0, DIGITS));
  return { folder, proxy: path.join(folder, "proxy", SOCKET_NAME) };
}

/** Where a node's engine is found, whatever container the node is at the time. */
export function nodeSocket(identity: string, node: string): string {
  return path.join(clusterSockets(identity).folder, `${node}.sock`);
}

/** The folder that a node's container has in common with this machine. */
export function containerFolder(identity: string, container: string): string {
  return path.join(clusterSockets(identity).folder, "machines", container);
}

/** The socket of a node's container, which its node's is a link to while it is the node. */
export function socketOfContainer(nodeSocket: string, container: string): string {
  return path.join(path.dirname(nodeSocket), "machines", container, SOCKET_NAME);
}

/** How many bytes a path has too many to be a socket's address; 0 where it fits. */
export function excessOf(socket: string): number {
  return Math.max(0, Buffer.byteLength(socket) - LONGEST);
}

/** Whether an address as in DOCKER_HOST is one of these sockets. */
export function isClusterSocket(url: string, env?: NodeJS.ProcessEnv): boolean {
  return url.startsWith(`unix://${socketsHome(env)}${path.sep}`);
}
