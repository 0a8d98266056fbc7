import { hasNames, identityOf, type Labels, type Owner } from "../schema/owner";

/** On a swarm: the identities that it had before its present one, the newest last. */
const FORMER_LABEL = "pulumi-swarm.former";
/** On a swarm: IDs of networks that came with it and say nothing of an identity. */
const NETWORKS_LABEL = "pulumi-swarm.networks";

/** On a swarm, with an identity behind it: IDs of networks that its programs have taken over one by one. */
const ADOPTED_LABEL = "pulumi-swarm.networks.";

/** Something inside of a swarm. */
export interface Inside {
  id: string;
  labels: Labels;
}

/**
 * Whether a swarm is somebody else's: its identity decides, and names where the owner knows of none. A guest's never is:
 * to a guest it is the one that it was told, by its cluster ID, whoever made it.
 */
export function isForeignSwarm(owner: Owner, labels: Labels): boolean {
  if (owner.isGuest) return false;
  const identity = identityOf(labels);
  if (identity === undefined) return false;
  return owner.id ? identity !== owner.id : !hasNames(owner, labels);
}

/**
 * Whether something inside of the owner's swarm is the owner's. Labels of a network cannot change, so the swarm's own
 * labels list what else counts: whoever it belonged to before, networks that carry no identity, and those that somebody
 * has taken over whatever they carry. Of all that a guest inherits only what it has taken over itself.
 */
export function isOwnedIn(swarm: Labels, owner: Owner, { id, labels }: Inside): boolean {
  const identity = adopterOf(swarm, id) ?? identityOf(labels);
  if (owner.isGuest) return identity !== undefined && identity === owner.id;
  if (identity !== undefined)
    return [owner.id, identityOf(swarm), ...wordsOf(swarm, FORMER_LABEL)].includes(identity);
  return hasNames(owner, labels) || wordsOf(swarm, NETWORKS_LABEL).includes(id);
}

/** Whether it says itself that it is somebody else's. What says nothing is judged by what it is part of. */
export function isForeignIn(swarm: Labels, owner: Owner, inside: Inside): boolean {
  const says = adopterOf(swarm, inside.id) ?? identityOf(inside.labels);
  return says !== undefined && !isOwnedIn(swarm, owner, inside);
}

/** The labels of a swarm in which the owner has taken over a network. */
export function withAdopted(swarm: Labels, { id = "" }: Owner, network: string): Record<string, string> {
  const others = Object.entries(swarm ?? {}).map(([name, value]): [string, string] => {
    const words = wordsOf({ [name]: value }, name).filter((word) => word !== network);
    return [name, name.startsWith(ADOPTED_LABEL) ? words.join(" ") : value];
  });
  const labels = Object.fromEntries(
    others.filter(([name, value]) => value || !name.startsWith(ADOPTED_LABEL)),
  );
  const own = ADOPTED_LABEL + id;
  return { ...labels, ...listed(own, [...wordsOf(labels, own), network]) };
}

/** The identity of whoever has taken over a network. */
function adopterOf(swarm: Labels, network: string): string | undefined {
  const found = Object.keys(swarm ?? {}).find(
    (name) => name.startsWith(ADOPTED_LABEL) && wordsOf(swarm, name).includes(network),
  );
  return found?.slice(ADOPTED_LABEL.length);
}

/** What a swarm that is taken over says of its past. */
export function pastLabels(
  swarm: Labels,
  { id }: Owner,
  networks: readonly string[],
): Record<string, string> {
  const former = [...wordsOf(swarm, FORMER_LABEL), identityOf(swarm) ?? ""].filter((one) => one !== id);
  return {
    ...listed(FORMER_LABEL, former),
    ...listed(NETWORKS_LABEL, [...wordsOf(swarm, NETWORKS_LABEL), ...networks]),
  };
}

function listed(label: string, words: readonly string[]): Record<string, string> {
  const known = [...new Set(words)].filter(Boolean);
  return known.length > 0 ? { [label]: known.join(" ") } : {};
}

function wordsOf(labels: Labels, name: string): string[] {
  return (labels?.[name] ?? "").split(" ").filter(Boolean);
}
