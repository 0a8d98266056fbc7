import { existsSync } from "node:fs";
import path from "node:path";
import { untilEnded } from "../../docker/containers";
import { outerEngine } from "../../docker/outer";
import { containerFolder, SOCKET_NAME } from "../../foundation/cluster-sockets";
import type { Context } from "../../foundation/context";
import { waitFor } from "../../foundation/wait";
import { isForOwner, type NodeOfSocket } from "./node-socket";

/** Of fifty that start at once on two cores the last one listens after some ten seconds. */
const LISTENS_TIMEOUT_MS = 20_000;

/**
 * The socket of a container that was started, once its engine listens there: asked by it, an engine costs no process.
 * Nothing where there is no folder for it, where the container has ended, and where it takes too long: then the engine is
 * asked through the container.
 */
export async function listeningSocket(
  node: NodeOfSocket,
  container: { id: string; name: string },
  context: Context,
): Promise<string | undefined> {
  const { id } = node.owner;
  if (!id || !existsSync(containerFolder(id, container.name))) return undefined;
  const socket = path.join(containerFolder(id, container.name), SOCKET_NAME);
  const over = new AbortController();
  const ended = untilEnded(outerEngine(node.dockerHost, context), container, over.signal).then(
    () => over.abort(),
    () => undefined,
  );
  try {
    return await waitFor(
      {
        name: `its engine listens at ${socket}`,
        on: container.name,
        intervalMs: 50,
        timeoutMs: LISTENS_TIMEOUT_MS,
        signal: AbortSignal.any([context.signal, over.signal]),
      },
      async () => (isForOwner(socket) ? { done: socket } : { pending: "it does not listen yet" }),
    );
  } catch (error) {
    if (context.signal.aborted) throw error;
    return undefined;
  } finally {
    over.abort();
    await ended;
  }
}
