import { randomUUID } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { chmod, mkdir, readlink, rename, rm, symlink } from "node:fs/promises";
import { hostname, release } from "node:os";
import path from "node:path";
import type { LocalNodeInputs } from "../../schema/local";
import type { Owner } from "../../schema/owner";
import { waitFor } from "../../foundation/wait";
import {
  SOCKET_NAME,
  clusterSockets,
  containerFolder,
  excessOf,
  nodeSocket,
  socketsHome,
} from "../../foundation/cluster-sockets";
import { dockerHostOf } from "../../transport/docker-host";
import type { Context } from "../../foundation/context";
import { info } from "../../docker/nodes";
import { outerEngine } from "../../docker/outer";
import type { InSession } from "../../foundation/session";

export type NodeOfSocket = Pick<LocalNodeInputs, "owner" | "hostname" | "dockerHost">;

/** Only its owner may use it. */
const SOCKET_MODE = 0o600;
/** What makes it so is a moment behind the engine (node-image/start-engine). */
const OWNED_TIMEOUT_MS = 60_000;

/**
 * The folder in which a new container's engine is to listen for whoever runs this. Nothing where no socket can be
 * passed on that way: the engine that runs the nodes is on another machine or in a virtual one, or the paths are too long.
 */
export async function sharedFolder(
  node: NodeOfSocket,
  container: string,
  context: InSession,
): Promise<string | undefined> {
  const { owner, dockerHost } = node;
  if (!owner.id || excessOf(nodeSocket(owner.id, node.hostname)) > 0) return undefined;
  // What an engine is told to mount is written "from:to".
  if (socketsHome().includes(":")) return undefined;
  if (!dockerHostOf(dockerHost).url.startsWith("unix:") || !(await runsHere(dockerHost, context)))
    return undefined;
  const folder = containerFolder(owner.id, container);
  try {
    // A container of that name that is gone may have left one.
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const one of [socketsHome(), clusterSockets(owner.id).folder, folder]) await chmod(one, 0o700);
    return folder;
  } catch {
    // A home that cannot be written, or that is another's: the cluster is none the worse for it.
    return undefined;
  }
}

/** A virtual machine, or a container that was given the engine's socket, has another host name or kernel. */
async function runsHere(dockerHost: string | undefined, context: InSession): Promise<boolean> {
  const { Name, KernelVersion } = await info(outerEngine(dockerHost, context));
  return Name === hostname() && KernelVersion === release();
}

/**
 * Makes the socket of a container whose engine answers that of its node.
 *
 * @returns its path; nothing where that engine could not listen there: its image is older, or a namespace of users or
 * SELinux keeps it from the folder.
 */
export async function publishSocket(
  node: NodeOfSocket,
  container: string,
  context: Context,
): Promise<string | undefined> {
  const { id } = node.owner;
  if (!id) return undefined;
  const socket = path.join(containerFolder(id, container), SOCKET_NAME);
  // It is there before the engine answers, or never.
  if (!existsSync(socket)) return undefined;
  await waitFor<void>(
    {
      name: `${socket} belongs to its folder's owner`,
      on: container,
      intervalMs: 50,
      timeoutMs: OWNED_TIMEOUT_MS,
      signal: context.signal,
      remedy: `Look at its log: docker logs ${container}`,
    },
    async () => (isForOwner(socket) ? { done: undefined } : { pending: "it is root's" }),
  );
  const link = nodeSocket(id, node.hostname);
  // In one step: whoever connects finds the old container or the new one. A run that was killed between the two has
  // left its own name, which is in nobody's way and goes with the container's folder.
  const made = path.join(path.dirname(socket), `.${randomUUID()}`);
  await symlink(path.relative(path.dirname(link), socket), made);
  await rename(made, link);
  return link;
}

/** Whether an engine listens there, for the folder's owner alone. */
export function isForOwner(socket: string): boolean {
  const stats = statSync(socket, { throwIfNoEntry: false });
  return stats !== undefined && (stats.mode & 0o777) === SOCKET_MODE;
}

/** Removes what a container had there; its node's link, unless its successor has it already. */
export async function removeSocket(
  { owner, hostname: node }: NodeOfSocket,
  container: string,
): Promise<void> {
  if (!owner.id) return;
  const folder = containerFolder(owner.id, container);
  const link = nodeSocket(owner.id, node);
  try {
    const target = await readlink(link);
    if (path.dirname(path.resolve(path.dirname(link), target)) === folder) await rm(link);
  } catch {
    // There is none, or it is none of ours.
  }
  // Where somebody has removed the folder meanwhile, an engine that started made it anew, as root: then it stays.
  await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}

/** Removes all that a cluster has there, with what containers left that no state knows of. */
export async function removeSockets({ id }: Owner): Promise<void> {
  if (id) await rm(clusterSockets(id).folder, { recursive: true, force: true }).catch(() => undefined);
}
