/** Whom an object belongs to. Written on everything that is made, so leftovers can be found and adopted. */
export interface Owner {
  /** Pulumi project. */
  project: string;
  /** Pulumi stack. */
  stack: string;
  /** Name of the cluster inside the stack. */
  cluster: string;
}

const PREFIX = "pulumi-swarm.";

export const NODE_LABEL = `${PREFIX}node`;
export const ADDRESS_LABEL = `${PREFIX}address`;
export const SPEC_LABEL = `${PREFIX}spec`;
export const DIGEST_LABEL = `${PREFIX}digest`;
export const SALT_LABEL = `${PREFIX}salt`;

/** The labels that say whom an object belongs to; `more` are added to them. */
export function ownerLabels(owner: Owner, more: Record<string, string> = {}): Record<string, string> {
  return {
    [`${PREFIX}project`]: owner.project,
    [`${PREFIX}stack`]: owner.stack,
    [`${PREFIX}cluster`]: owner.cluster,
    ...more,
  };
}

export function isOwnedBy(owner: Owner, labels: Record<string, string> | null | undefined): boolean {
  return Object.entries(ownerLabels(owner)).every(([name, value]) => labels?.[name] === value);
}

/** Says in a message whose object it is: "project p, stack s, cluster c" or "no project of this tool". */
export function describeOwner(labels: Record<string, string> | null | undefined): string {
  if (!labels?.[`${PREFIX}project`]) return "no project of pulumi-swarm";
  const part = (name: string) => `${name} ${labels[PREFIX + name]}`;
  return [part("project"), part("stack"), part("cluster")].join(", ");
}
