import {
  describeOwner,
  isOlder,
  isOwnedBy,
  nameLabels,
  ownerLabels,
  type ClusterNames,
  type Labels,
  type Owner,
} from "../contract/owner";
import type { Properties } from "./wire";

/** IDs of objects that the state of this run lists. */
const listed = new Set<unknown>();
/** Names of clusters that the state of this run knows from before there were identities. */
const older = new Set<string>();

/** To be told of everything that a state says: by it what carries no identity is known. */
export function noteListed({ owner, containerId, networkId }: Properties): void {
  for (const id of [containerId, networkId]) if (id !== undefined) listed.add(id);
  if (owner && !(owner as Owner).id) older.add(namesKey(owner as Owner));
}

/**
 * Whether an object that was found by its name is the owner's. Labels of containers, volumes and networks cannot
 * change, so what was made before there were identities has names alone; it is ours where the state says so.
 */
export function isOurs(owner: Owner, labels: Labels, id?: string): boolean {
  if (isOwnedBy(owner, labels)) return true;
  return isOlder(owner, labels) && (listed.has(id) || isFromBefore(owner));
}

/** Whether the state of this run knows the cluster from before there were identities. */
export function isFromBefore(names: ClusterNames): boolean {
  return older.has(namesKey(names));
}

/** Refuses to touch an object that carries a name of ours but is somebody else's. */
export function refuseForeign(what: string, labels: Labels, owner: Owner, id?: string): void {
  if (!isOurs(owner, labels, id)) throw foreign(what, labels, owner);
}

export function foreign(what: string, labels: Labels, owner: Owner): Error {
  return new Error(
    `${what} exists and belongs to ${toldApart(labels, owner)}. It was left as it is. ${WAY_OUT}`,
  );
}

/** "project p, stack s, cluster c (identity 1f2e3d4c), and this is … (identity 5a6b7c8d)" */
export function toldApart(labels: Labels, owner: Owner): string {
  return `${describeOwner(labels)}, and this is ${describeOwner(ownerLabels(owner))}`;
}

/** What to do where a name is taken: names say nothing of whose an object is, so nothing else can be advised. */
export const WAY_OUT =
  "Choose another name for this cluster (`pulumi config set cluster NAME`), end that one where it was made " +
  "(`npm run down` in its checkout), or remove that object yourself.";

/** One process serves one program, in which a cluster's names are its own. */
export function namesKey(names: ClusterNames): string {
  return JSON.stringify(nameLabels(names));
}
