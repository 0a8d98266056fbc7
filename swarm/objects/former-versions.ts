import type { SwarmObject } from "../../docker/api/object";
import type { EngineClient } from "../../docker/engine-client";
import { isEngineError } from "../../docker/errors";
import { listObjects, relabelObject, removeObject, type ObjectKind } from "../../docker/objects";
import { SWARM_COMMAND } from "../../foundation/command-lines";
import type { Context } from "../../foundation/context";
import type { Versioned } from "./wanted-versions";
import { ownVersions } from "./versioned-content";

/** On a version that another one has followed: when, as an RFC 3339 time. What says nothing is somebody's current one. */
const REPLACED_LABEL = "pulumi-swarm.replaced";

/** What is done to the versions of one object. */
export interface OfVersions {
  kind: ObjectKind;
  object: Versioned;
  /** How many of them stay, the current one among them: none where the object itself goes. */
  keep: number;
}

/** Ends a version that another one has followed, or whose object goes: kept for a rollback, or removed. */
export async function retireVersion(
  engine: EngineClient,
  found: SwarmObject,
  versions: OfVersions,
  context: Context,
): Promise<void> {
  const former = (await formerVersions(engine, versions, context)).filter(({ ID }) => ID !== found.ID);
  if (versions.keep > 1) await markReplaced(engine, versions.kind, found, context);
  await removeOldest(engine, [found, ...former], versions, context);
}

/** Removes the oldest of the former versions: as many as are too many. */
export async function removeSurplus(
  engine: EngineClient,
  versions: OfVersions,
  context: Context,
): Promise<void> {
  await removeOldest(engine, await formerVersions(engine, versions, context), versions, context);
}

/** The newest first. */
async function formerVersions(
  engine: EngineClient,
  { kind, object }: OfVersions,
  { signal }: Context,
): Promise<SwarmObject[]> {
  const own = await listObjects(engine, kind, ownVersions(object), signal);
  return own
    .filter((version) => replacedAt(version) !== "")
    .sort((one, other) => replacedAt(other).localeCompare(replacedAt(one)));
}

async function removeOldest(
  engine: EngineClient,
  newestFirst: SwarmObject[],
  { kind, keep }: OfVersions,
  context: Context,
): Promise<void> {
  for (const version of newestFirst.slice(Math.max(keep - 1, 0)))
    await removeUnlessUsed(engine, kind, version, keep, context);
}

/** A former version whose content came back is the current one again. */
export async function markCurrent(
  engine: EngineClient,
  kind: ObjectKind,
  version: SwarmObject,
  labels: Record<string, string> | undefined,
  context: Context,
): Promise<void> {
  const { [REPLACED_LABEL]: replaced, ...others } = version.Spec.Labels ?? {};
  if (replaced !== undefined)
    await relabelObject(engine, kind, version, { ...others, ...labels }, context.signal);
}

async function markReplaced(engine: EngineClient, kind: ObjectKind, version: SwarmObject, context: Context) {
  const labels = { ...version.Spec.Labels, [REPLACED_LABEL]: new Date().toISOString() };
  await relabelObject(engine, kind, version, labels, context.signal);
}

/** One that a service still uses stays, as a former one: its tasks could not be started again without it. */
async function removeUnlessUsed(
  engine: EngineClient,
  kind: ObjectKind,
  version: SwarmObject,
  keep: number,
  context: Context,
): Promise<void> {
  const { ID, Spec } = version;
  try {
    await removeObject(engine, kind, ID, context.signal);
  } catch (error) {
    if (!isEngineError(error, "in-use")) throw error;
    if (replacedAt(version) === "") await markReplaced(engine, kind, version, context);
    const remedy =
      keep > 0
        ? `It goes with a later version of the ${kind}, once nothing uses it.`
        : `Once nothing uses it: ${SWARM_COMMAND} docker ${kind} rm ${Spec.Name}`;
    context.warn(`the ${kind} ${Spec.Name} stays: ${error.answer}. ${remedy}`);
  }
}

function replacedAt({ Spec }: SwarmObject): string {
  return Spec.Labels?.[REPLACED_LABEL] ?? "";
}
