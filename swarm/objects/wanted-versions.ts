import type { InSwarm, VersionedOutputs } from "../../schema/objects";
import type { ObjectKind } from "../../docker/objects";
import { slot, type InSession } from "../../foundation/session";

/** A config or secret with all its versions. */
export type Versioned = Pick<InSwarm, "owner" | "clusterId"> & { name: string; keep?: number };

const wanted = slot(() => ({
  /**
   * IDs of the versions that the program of this run has. Content that came back is the same object again, while the state may
   * still list it as one that an earlier update, which failed, was to delete.
   */
  ids: new Set<string>(),
  /** How many versions stay of each object that the program of this run has: the state of one that goes is of an earlier run. */
  kept: new Map<string, number>(),
  /** What the secrets of that program hold. */
  secrets: new Set<string>(),
}));

/** Notes a version that stays. */
export function noteVersion({ objectId }: Pick<VersionedOutputs, "objectId">, { session }: InSession): void {
  session.get(wanted).ids.add(objectId);
}

export function isWanted({ objectId }: Pick<VersionedOutputs, "objectId">, { session }: InSession): boolean {
  return session.get(wanted).ids.has(objectId);
}

/** Notes an object that the program has. */
export function noteObject(
  kind: ObjectKind,
  object: Versioned & { data?: string },
  { session }: InSession,
): void {
  const { kept, secrets } = session.get(wanted);
  kept.set(keyOf(kind, object), object.keep ?? 1);
  if (kind === "secret" && typeof object.data === "string") secrets.add(object.data);
}

/** What the secrets of this run's program hold: the swarm gives it to tasks alone, and one may print it. */
export function secretsOfProgram({ session }: InSession): string[] {
  return [...session.get(wanted).secrets];
}

/** How many versions of it stay, the current one among them: none where the program has it no more. */
export function versionsToKeep(kind: ObjectKind, object: Versioned, { session }: InSession): number {
  return session.get(wanted).kept.get(keyOf(kind, object)) ?? 0;
}

function keyOf(kind: ObjectKind, { owner, clusterId, name }: Versioned): string {
  return JSON.stringify([kind, clusterId, owner.id, name]);
}
