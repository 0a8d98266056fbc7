import type { SwarmNodeInputs } from "../../schema/swarm";
import { heardNodes } from "../nodes/heard-nodes";
import { onManager } from "../managers";
import { givenName, nodeName } from "../nodes/node-name";
import { changeNode } from "../../docker/nodes";
import { swarmStates } from "../swarm-states";
import type { SwarmNodeInspect } from "../../docker/api/node";
import { contextOf, type Context } from "../../foundation/context";
import { retireTwin } from "./twins";
import { slot } from "../../foundation/session";

interface Succession {
  successor: SwarmNodeInspect;
  predecessor: SwarmNodeInspect;
}

/** What is under way or done, by cluster and the managers that it is about. */
const handovers = slot(() => new Map<string, Promise<void>>());

/**
 * Before a node joins, the managers that joined before it have taken their predecessors' places: votes and tasks. So
 * there is one manager more than before while one changes, and no worker joins through an older one. What follows a
 * manager's join, commands of the user's own, has run by then: the program makes each node wait for those of the managers
 * before it. The last manager's turn comes with the first worker, or with `NodeSpecs`.
 */
export function placesTaken(inputs: SwarmNodeInputs, context: Context): Promise<void> {
  const names = managersBefore(inputs);
  if (names.length === 0) return Promise.resolve();
  const key = [inputs.clusterId, ...names].join(" ");
  const works = context.session.get(handovers);
  const work = works.get(key) ?? takePlaces(names, inputs, context);
  works.set(key, work);
  return work;
}

/** A worker comes after all of them. */
function managersBefore({ name, role, managers }: SwarmNodeInputs): string[] {
  const names = managers.map((manager) => manager.name);
  return role === "worker" ? names : names.slice(0, Math.max(0, names.indexOf(name)));
}

async function takePlaces(names: string[], inputs: SwarmNodeInputs, context: Context): Promise<void> {
  // A predecessor that led is none any more, and the new leader does not know yet who serves.
  const nodes = await heardNodes(
    inputs.managers,
    context,
    ({ ManagerStatus }) => ManagerStatus !== undefined,
  );
  const successions = names.flatMap((name) => successionsOf(name, nodes));
  if (successions.length === 0) return;
  for (const { successor, predecessor } of await inOrder(successions, inputs, context)) {
    await makeLike(successor, predecessor, inputs, context);
    await retireTwin(predecessor, inputs, contextOf(nodeName(predecessor), context));
  }
}

/** The newest manager of a name that serves, and older ones that are managers yet. */
export function successionsOf(name: string, nodes: readonly SwarmNodeInspect[]): Succession[] {
  const own = nodes
    .filter((node) => node.ManagerStatus && givenName(node) === name)
    .sort((a, b) => b.CreatedAt.localeCompare(a.CreatedAt));
  const [successor, ...older] = own;
  const serves = successor?.Status.State === "ready" && successor.ManagerStatus?.Reachability === "reachable";
  return serves ? older.map((predecessor) => ({ successor, predecessor })) : [];
}

/**
 * A leader that is replaced together with other managers goes last, after their successors have joined: it is the one
 * whose loss costs an election, and the new ones may run a newer engine.
 */
export async function inOrder<T extends { predecessor: SwarmNodeInspect }>(
  successions: readonly T[],
  { managers }: Pick<SwarmNodeInputs, "managers">,
  context: Context,
): Promise<T[]> {
  const leads = ({ predecessor }: T) => predecessor.ManagerStatus?.Leader === true;
  const leader = successions.filter(leads);
  const others = successions.filter((succession) => !leads(succession));
  return leader.length > 0 && (await allHaveJoined(managers, context)) ? [...others, ...leader] : others;
}

/** Whether every machine that shall be a manager is a member: one that is not will replace another one yet. */
async function allHaveJoined(managers: SwarmNodeInputs["managers"], context: Context): Promise<boolean> {
  const states = await swarmStates(managers, context);
  return states.every((state) => state !== "inactive" && state !== "pending");
}

/**
 * Tasks that only managers may run need the successor before the predecessor is none any more. Which labels they ask for
 * is not known here; `NodeSpecs` makes them what the program says.
 */
async function makeLike(
  { ID, Spec }: SwarmNodeInspect,
  { Spec: before }: SwarmNodeInspect,
  { managers }: SwarmNodeInputs,
  context: Context,
): Promise<void> {
  if (Spec.Availability !== "drain" || before.Availability === "drain") return;
  const { Availability, Labels } = before;
  await onManager(managers, context, (engine) =>
    changeNode(
      engine,
      ID,
      (spec) => ({ ...spec, Availability, Labels: { ...Labels, ...spec.Labels } }),
      context.signal,
    ),
  );
}
