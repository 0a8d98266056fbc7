import type { ConfigInputs, SecretInputs, VersionedOutputs } from "../../schema/objects";
import { identityOf } from "../../schema/owner";
import type { SwarmObject } from "../../docker/api/object";
import type { EngineClient } from "../../docker/engine-client";
import { isEngineError } from "../../docker/errors";
import { createObject, listObjects, relabelObject, type ObjectKind } from "../../docker/objects";
import { foreignInside } from "../../docker/ownership";
import type { Context } from "../../foundation/context";
import { markCurrent } from "./former-versions";
import { adoptable, adoptedLabels } from "./versioned-adopt";
import { contentLabels, holdsContent, ownVersions, versionLabels, type Content } from "./versioned-content";

type Inputs = Omit<ConfigInputs & SecretInputs, "data"> & { data: Content };

const HASH_LENGTH = 10;

/** The object that holds just this content: one that is there, one that is taken over, or a new one. */
export async function madeVersion(
  engine: EngineClient,
  kind: ObjectKind,
  inputs: Inputs,
  context: Context,
): Promise<VersionedOutputs> {
  const present = await findEqual(engine, kind, inputs, context);
  if (present) {
    await markCurrent(engine, kind, present, inputs.labels, context);
    return outputsOf(present);
  }
  const adopted = await adoptable(engine, kind, inputs, context);
  if (!adopted) return create(engine, kind, inputs, context);
  await relabelObject(engine, kind, adopted, adoptedLabels(adopted, kind, inputs), context.signal);
  return outputsOf(adopted);
}

export function outputsOf({ ID, Spec }: SwarmObject): VersionedOutputs {
  return { objectId: ID, objectName: Spec.Name };
}

/** The same content under the same name: kept for a rollback, or made by a run that was interrupted before anybody heard of it. */
async function findEqual(
  engine: EngineClient,
  kind: ObjectKind,
  inputs: Inputs,
  context: Context,
): Promise<SwarmObject | undefined> {
  const candidates = await listObjects(engine, kind, ownVersions(inputs), context.signal);
  return candidates.find((candidate) => holdsContent(candidate, kind, inputs));
}

async function create(
  engine: EngineClient,
  kind: ObjectKind,
  inputs: Inputs,
  context: Context,
): Promise<VersionedOutputs> {
  const { digest, labels } = contentLabels(kind, inputs.data);
  const objectName = `${inputs.name}-${digest.slice(0, HASH_LENGTH)}`;
  const object = {
    Name: objectName,
    Labels: { ...versionLabels(inputs), ...labels, ...inputs.labels },
    Data: Buffer.from(inputs.data).toString("base64"),
    ...(inputs.templated ? { Templating: { Name: "golang" } } : {}),
  };
  try {
    return { objectId: await createObject(engine, kind, object, context.signal), objectName };
  } catch (error) {
    if (!isEngineError(error, "exists")) throw error;
    // The same content under the same name: of a config both together are its name in the swarm.
    const all = await listObjects(engine, kind, {}, context.signal);
    const theirs = all.find(({ Spec }) => Spec.Name === objectName);
    if (!theirs || identityOf(theirs.Spec.Labels) === inputs.owner.id) throw error;
    if (!inputs.adopt) throw foreignInside(`${kind} "${objectName}"`, theirs.Spec.Labels, inputs.owner);
    await relabelObject(engine, kind, theirs, adoptedLabels(theirs, kind, inputs), context.signal);
    return outputsOf(theirs);
  }
}
