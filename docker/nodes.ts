import { isDeepStrictEqual } from "node:util";
import type { Role } from "../schema/swarm";
import type { EngineClient } from "./engine-client";
import { isEngineError } from "./errors";
import type { EngineInfo } from "./api/info";
import type { NodeSpec, SwarmNodeInspect } from "./api/node";
import type { Task } from "./api/task";

export function info(engine: EngineClient, signal?: AbortSignal): Promise<EngineInfo> {
  return engine.get<EngineInfo>("read its swarm state", "/info", { signal });
}

export function listNodes(engine: EngineClient, signal?: AbortSignal): Promise<SwarmNodeInspect[]> {
  return engine.get<SwarmNodeInspect[]>("list the nodes", "/nodes", { signal });
}

export async function inspectNode(
  engine: EngineClient,
  id: string,
  signal?: AbortSignal,
): Promise<SwarmNodeInspect | undefined> {
  try {
    return await engine.get<SwarmNodeInspect>(`inspect node ${id}`, `/nodes/${id}`, { signal });
  } catch (error) {
    if (isEngineError(error, "not-found")) return undefined;
    throw error;
  }
}

/**
 * Whether a node has a role, and not only shall have it: its spec says what is wanted at once, and swarmkit reconciles every
 * 5 s. Of the engine's answers only this filter goes by the role itself (swarmkit, controlapi/node.go).
 */
export async function isReconciledAs(
  role: Role,
  engine: EngineClient,
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
  engine: EngineClient,
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

/** Tasks that run on a node, or on any of some nodes, or are meant to. A node that is no member any more has none. */
export async function tasksOn(
  engine: EngineClient,
  nodeId: string | readonly string[],
  signal?: AbortSignal,
): Promise<Task[]> {
  const ids = [nodeId].flat();
  const list = (filters: object) =>
    engine.get<Task[]>("list tasks", "/tasks", { query: { filters: JSON.stringify(filters) }, signal });
  const tasks = await list({ node: ids }).catch(async (error: unknown) => {
    // The engine looks up each node of the filter, and one may have been removed since it was listed.
    if (!isEngineError(error, "not-found")) throw error;
    return (await list({})).filter(({ NodeID }) => NodeID !== undefined && ids.includes(NodeID));
  });
  const LIVE = ["new", "pending", "assigned", "accepted", "preparing", "ready", "starting", "running"];
  return tasks.filter(({ Status }) => LIVE.includes(Status.State));
}

/** Tasks that run, and are meant to, in the whole swarm. */
export async function runningTasks(engine: EngineClient, signal?: AbortSignal): Promise<Task[]> {
  const tasks = await tasksToBe(["running"], engine, signal);
  return tasks.filter(({ Status }) => Status.State === "running");
}

/** Tasks that run or shall run: those that wait for their restart, as their last one failed, are to be "ready" until then. */
export function wantedTasks(engine: EngineClient, signal?: AbortSignal): Promise<Task[]> {
  return tasksToBe(["running", "ready"], engine, signal);
}

function tasksToBe(states: string[], engine: EngineClient, signal?: AbortSignal): Promise<Task[]> {
  const filters = JSON.stringify({ "desired-state": states });
  return engine.get<Task[]>("list tasks", "/tasks", { query: { filters }, signal });
}
