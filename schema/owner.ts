/** The names that a cluster goes by: shown to people, never trusted. Two checkouts on one engine may have the same. */
export interface ClusterNames {
  /** Pulumi project. */
  project: string;
  /** Pulumi stack. */
  stack: string;
  /** Name of the cluster inside the stack. */
  cluster: string;
}

/** Whom an object belongs to. Written on everything that is made, so leftovers can be found and adopted. */
export interface Owner extends ClusterNames {
  /**
   * Identity of the cluster: random, made by its first update, and what decides. Missing in states from before there
   * was one; empty in a preview of the update that makes it, when nothing can carry it yet.
   */
  id?: string;
  /**
   * Whether its program only puts objects into a swarm that another one makes: then its own identity alone makes an
   * object its own, and nothing is said of the swarm. @default false
   */
  isGuest?: boolean;
}

const PREFIX = "pulumi-swarm.";

export const IDENTITY_LABEL = `${PREFIX}identity`;
export const CLUSTER_LABEL = `${PREFIX}cluster`;
export const NODE_LABEL = `${PREFIX}node`;
export const ADDRESS_LABEL = `${PREFIX}address`;
export const SPEC_LABEL = `${PREFIX}spec`;
export const DIGEST_LABEL = `${PREFIX}digest`;
/** On a disk that outlives its machine: the name of the volume that it is in the node's engine. */
export const DISK_LABEL = `${PREFIX}disk`;
/** On a disk: what takes it along. */
export const DELETED_WITH_LABEL = `${PREFIX}deleted-with`;
export const SALT_LABEL = `${PREFIX}salt`;

export type Labels = Record<string, string> | null | undefined;

/** The labels that say whom an object belongs to; `more` are added to them. */
export function ownerLabels(owner: Owner, more: Record<string, string> = {}): Record<string, string> {
  return {
    ...nameLabels(owner),
    ...(owner.id ? { [IDENTITY_LABEL]: owner.id } : {}),
    ...more,
  };
}

/** The names alone, as releases before identities wrote them. */
export function nameLabels({ project, stack, cluster }: ClusterNames): Record<string, string> {
  return {
    [`${PREFIX}project`]: project,
    [`${PREFIX}stack`]: stack,
    [CLUSTER_LABEL]: cluster,
  };
}

export function identityOf(labels: Labels): string | undefined {
  return labels?.[IDENTITY_LABEL];
}

/** The same labels as before there were identities. */
export function withoutIdentity<L extends Labels>(labels: L): L {
  if (!labels || !(IDENTITY_LABEL in labels)) return labels;
  const { [IDENTITY_LABEL]: _identity, ...others } = labels;
  return others as L;
}

/** Whether labels carry these names, whatever their identity is. */
export function hasNames(names: ClusterNames, labels: Labels): boolean {
  return Object.entries(nameLabels(names)).every(([name, value]) => labels?.[name] === value);
}

/** Whether an object that was found by its name is the owner's. */
export function isOwnedBy(owner: Owner, labels: Labels): boolean {
  return owner.id === undefined ? isOlder(owner, labels) : identityOf(labels) === owner.id;
}

/** Labels of these names from before there were identities: whose they are only a state can tell, or a swarm. */
export function isOlder(names: ClusterNames, labels: Labels): boolean {
  return identityOf(labels) === undefined && hasNames(names, labels);
}

/** Whether an object that the state lists is the owner's still, though it may be from before there were identities. */
export function isStillOwnedBy({ id }: Owner, labels: Labels): boolean {
  return CLUSTER_LABEL in (labels ?? {}) && [undefined, id].includes(identityOf(labels));
}

/** Whom labels name; nothing where no program of this tool wrote them. */
export function ownerFrom(labels: Labels): Owner | undefined {
  const [project, stack, cluster] = ["project", "stack", "cluster"].map((name) => labels?.[PREFIX + name]);
  return project && stack && cluster ? { project, stack, cluster, id: identityOf(labels) } : undefined;
}

/** Digits of an identity that messages show. */
const SHOWN = 8;

/** Says in a message whose object it is: "project p, stack s, cluster c (identity 1f2e3d4c)". */
export function describeOwner(labels: Labels): string {
  if (!labels?.[`${PREFIX}project`]) return "no project of pulumi-swarm";
  const part = (name: string) => `${name} ${labels[PREFIX + name]}`;
  const names = [part("project"), part("stack"), part("cluster")].join(", ");
  const identity = identityOf(labels);
  return identity ? `${names} (identity ${identity.slice(0, SHOWN)})` : names;
}
