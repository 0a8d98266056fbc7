import { isDeepStrictEqual } from "node:util";
import type { Role } from "../schema/swarm";
import type { DockerClient } from "../transport/docker-client";
import { ifPresent, isEngineError } from "./errors";
import type { EngineInfo } from "./api/info";
import type { NodeSpec, SwarmNodeInspect } from "./api/node";
import type { Task } from "./api/task";
import { isLive, listTasks } from "./tasks";

export function info(engine: DockerClient, signal?: AbortSignal): Promise<EngineInfo> {
  return engine.get<EngineInfo>("ask what it is", "/info", { signal });
}

export function listNodes(engine: DockerClient, signal?: AbortSignal): Promise<SwarmNodeInspect[]> {
  return engine.get<SwarmNodeInspect[]>("list the nodes", "/nodes", { signal });
}

export function inspectNode(
  engine: DockerClient,
  id: string,
  signal?: AbortSignal,
): Promise<SwarmNodeInspect | undefined> {
  return ifPresent(engine.get<SwarmNodeInspect>(`inspect node ${id}`, `/nodes/${id}`, { signal }));
}

/**
 * Whether a node has a role, and not only shall have it: its spec says what is wanted at once, and swarmkit reconciles every
 * 5 s. Of the engine's answers only this filter goes by the role itself (swarmkit, controlapi/node.go).
 */
export async function isReconciledAs(
  role: Role,
  engine: DockerClient,
  id: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const filters = JSON.stringify({ id: [id], role: [role] });
  const query = { filters };
  const nodes = await engine.get<SwarmNodeInspect[]>("list the nodes of a role", "/nodes", { query, signal });
  return nodes.some(({ ID }) => ID === id);
}

/** A second writer may come between read and write; more often than this in a row somebody fights us. */
const ATTEMPTS = 8;

/**
 * Changes a node's spec: read, modify, write with the version that was read. The engine takes the whole spec, so
 * what the change does not touch stays as it is. Does not write when nothing changes.
 *
 * @param seen - the node as it was listed a moment ago; spares the first read.
 */
export async function changeNode(
  engine: DockerClient,
  id: string,
  change: (spec: NodeSpec) => NodeSpec,
  signal?: AbortSignal,
  seen?: SwarmNodeInspect,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const known = attempt === 1 ? seen : undefined;
    const node =
      known ?? (await engine.get<SwarmNodeInspect>(`inspect node ${id}`, `/nodes/${id}`, { signal }));
    const spec = change(structuredClone(node.Spec));
    if (isDeepStrictEqual(spec, node.Spec)) return;
    try {
      const query = { version: node.Version.Index };
      return await engine.post(`update node ${id}`, `/nodes/${id}/update`, { query, body: spec, signal });
    } catch (error) {
      if (!isEngineError(error, "out-of-sequence") || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Takes a node out of the list, whatever it is: it must have left or be gone, and be in no raft group. */
export function removeNode(
  engine: DockerClient,
  { id, name }: { id: string; name: string },
  signal?: AbortSignal,
): Promise<void> {
  return engine.delete(`remove node ${name}`, `/nodes/${id}`, { query: { force: true }, signal });
}

/** Tasks that run on a node, or on any of some nodes, or are meant to. A node that is no member any more has none. */
export async function tasksOn(
  engine: DockerClient,
  nodeId: string | readonly string[],
  signal?: AbortSignal,
): Promise<Task[]> {
  const tasks = await tasksEverOn(engine, [nodeId].flat(), signal);
  return tasks.filter(isLive);
}

/** The same with those that have ended, as far as the swarm keeps them. */
export function tasksEverOn(engine: DockerClient, ids: string[], signal?: AbortSignal): Promise<Task[]> {
  return listTasks(engine, { node: ids }, signal).catch(async (error: unknown) => {
    // The engine looks up each node of the filter, and one may have been removed since it was listed.
    if (!isEngineError(error, "not-found")) throw error;
    return (await listTasks(engine, {}, signal)).filter(
      ({ NodeID }) => NodeID !== undefined && ids.includes(NodeID),
    );
  });
}

/** Tasks that run, and are meant to, in the whole swarm. */
export async function runningTasks(engine: DockerClient, signal?: AbortSignal): Promise<Task[]> {
  const tasks = await tasksToBe(["running"], engine, signal);
  return tasks.filter(({ Status }) => Status.State === "running");
}

/** Tasks that run or shall run: those that wait for their restart, as their last one failed, are to be "ready" until then. */
export function wantedTasks(engine: DockerClient, signal?: AbortSignal): Promise<Task[]> {
  return tasksToBe(["running", "ready"], engine, signal);
}

function tasksToBe(states: string[], engine: DockerClient, signal?: AbortSignal): Promise<Task[]> {
  return listTasks(engine, { "desired-state": states }, signal);
}
