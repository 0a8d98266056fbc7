import type { SwarmNodeInspect } from "../../docker/api/node";
import type { Service } from "../../docker/api/service";
import { nodeName } from "../nodes/node-name";
import { labelOf } from "./constraints";
import { evenly, type Place } from "./even";
import { roomFor, type Placed } from "./room";

/** How the tasks of a service are spread over the nodes that have some, or could take some. */
export interface Spread {
  id: string;
  service: string;
  /** Names of nodes → running tasks. */
  nodes: Record<string, number>;
  running: number;
  /** Tasks that would run on another node if they were spread evenly; 0 where they are. */
  moves: number;
  /** Why it is no service to be moved now. @default none */
  obstacle?: string;
}

/** States of an update in which another one would go on with what has just failed, or come in between. */
const UNDER_WAY = ["updating", "rollback_started"];
const STOPPED = ["paused", "rollback_paused"];

/** The replicated services of a swarm. Jobs end by themselves, and global services are on every node. */
export function spreads(placed: Placed): Spread[] {
  return placed.services
    .filter(({ Spec }) => Spec.Mode.Replicated)
    .map((service) => spreadOf(service, placed))
    .sort((a, b) => a.service.localeCompare(b.service));
}

function spreadOf(service: Service, placed: Placed): Spread {
  const running = placed.tasks.filter(
    ({ ServiceID, DesiredState, Status }) =>
      ServiceID === service.ID && DesiredState === "running" && Status.State === "running",
  );
  const nowOn = (node: SwarmNodeInspect) => running.filter(({ NodeID }) => NodeID === node.ID).length;
  const seen = placed.nodes.map((node) => ({
    node,
    now: nowOn(node),
    room: roomFor(service, node, placed),
  }));
  const places = seen
    .filter(({ room }) => room > 0)
    .map(({ node, now, room }): Place => {
      // Where it has more than it could take today, the rest stays as well.
      return { id: node.ID, now, room: Math.max(room, now), branches: branchesOf(service, node) };
    });
  const shown = seen.filter(({ now, room }) => now > 0 || room > 0);
  return {
    id: service.ID,
    service: service.Spec.Name,
    nodes: Object.fromEntries(shown.map(({ node, now }) => [nodeName(node), now])),
    running: running.length,
    moves: movesOf(places, running.length),
    obstacle: obstacleOf(service, running.length),
  };
}

/** What runs where no new task may is somebody's wish, a paused node for one: alone it is no reason, but it moves with the rest. */
function movesOf(places: readonly Place[], running: number): number {
  const above = (targets: ReadonlyMap<string, number>) =>
    places.reduce((sum, { id, now }) => sum + Math.max(0, now - (targets.get(id) ?? 0)), 0);
  const here = places.reduce((sum, { now }) => sum + now, 0);
  if (above(evenly(places, here)) === 0) return 0;
  return above(evenly(places, running)) + running - here;
}

function branchesOf({ Spec }: Service, node: SwarmNodeInspect): string[] {
  return (Spec.TaskTemplate.Placement?.Preferences ?? []).flatMap(({ Spread }) => {
    const value = labelOf(Spread?.SpreadDescriptor ?? "", node);
    return value === undefined ? [] : [value];
  });
}

function obstacleOf({ Spec, UpdateStatus }: Service, running: number): string | undefined {
  const state = UpdateStatus?.State ?? "";
  if (UNDER_WAY.includes(state)) return "it is being updated";
  if (STOPPED.includes(state)) return `its last update ended as ${state}`;
  const wanted = Spec.Mode.Replicated?.Replicas ?? 0;
  if (running < wanted) return `${running} of its ${wanted} tasks run`;
  const mounts = Spec.TaskTemplate.ContainerSpec?.Mounts ?? [];
  if (mounts.some(({ Type }) => Type === "cluster"))
    return "it has cluster volumes, and where these can be is not judged here";
  return undefined;
}
