import {
  describeOwner,
  isOlder,
  isOwnedBy,
  isStillOwnedBy,
  nameLabels,
  ownerLabels,
  type ClusterNames,
  type Labels,
  type Owner,
} from "../schema/owner";
import { DOWN_COMMAND } from "../foundation/command-lines";
import { slot, type InSession } from "../foundation/session";

/** Names of clusters that the state of this run knows from before there were identities. */
const older = slot(() => new Set<string>());

/** To be told of everything in a state that is somebody's. */
export function noteOlder(owner: Owner | undefined, { session }: InSession): void {
  if (owner && owner.id === undefined) session.get(older).add(namesKey(owner));
}

/**
 * Whether an object that was found by its name is the owner's.
 * @param isListed - the state lists it, or what it is part of. Labels of containers, volumes and networks cannot
 *   change, so of those from before there were identities only that tells
 */
export function isOurs(owner: Owner, labels: Labels, within: InSession, isListed = false): boolean {
  if (isOwnedBy(owner, labels) || (isListed && isStillOwnedBy(owner, labels))) return true;
  return isOlder(owner, labels) && isFromBefore(owner, within);
}

/** Whether the state of this run knows the cluster from before there were identities. */
export function isFromBefore(names: ClusterNames, { session }: InSession): boolean {
  return session.get(older).has(namesKey(names));
}

/** Refuses to touch an object that carries a name of ours but is somebody else's. */
export function refuseForeign(
  what: string,
  labels: Labels,
  owner: Owner,
  within: InSession,
  isListed = false,
): void {
  if (!isOurs(owner, labels, within, isListed)) throw foreign(what, labels, owner);
}

export function foreign(what: string, labels: Labels, owner: Owner, wayOut = WAY_OUT): Error {
  return new Error(
    `${what} exists and belongs to ${toldApart(labels, owner)}. It was left as it is. ${wayOut}`,
  );
}

/** The same inside of a swarm, where a cluster's name is nothing that would help. */
export function foreignInside(what: string, labels: Labels, owner: Owner): Error {
  return foreign(`The ${what} of the swarm`, labels, owner, INSIDE_WAY_OUT);
}

const INSIDE_WAY_OUT =
  "Choose another name for it, take it over (`adopt: true` on it), end that one where it was made, or remove it yourself.";

/** "project p, stack s, cluster c (identity 1f2e3d4c), and this is … (identity 5a6b7c8d)" */
export function toldApart(labels: Labels, owner: Owner): string {
  const [theirs, ours] = [describeOwner(labels), describeOwner(ownerLabels(owner))];
  // Of the same names, before the first update has made an identity, or of what is older than identities.
  return theirs === ours ? `another ${theirs}` : `${theirs}, and this is ${ours}`;
}

/** What to do where a name is taken: names say nothing of whose an object is, so nothing else can be advised. */
export const WAY_OUT =
  "Choose another name for this cluster (`pulumi config set cluster NAME`, or in the program), end that one where it was made " +
  `(\`${DOWN_COMMAND}\` in its checkout), or remove that object yourself.`;

/** One process serves one program, in which a cluster's names are its own. */
export function namesKey(names: ClusterNames): string {
  return JSON.stringify(nameLabels(names));
}
