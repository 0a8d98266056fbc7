import { shapeOf } from "../../schema/package-schema";
import type { ConfigInputs, SecretInputs, VersionedOutputs } from "../../schema/objects";
import { identityOf, ownerLabels } from "../../schema/owner";
import type { EngineClient } from "../../docker/engine-client";
import type { SwarmObject } from "../../docker/api/object";
import {
  createObject,
  inspectObject,
  listObjects,
  relabelObject,
  removeObject,
  type ObjectKind,
} from "../../docker/objects";
import { isEngineError } from "../../docker/errors";
import { isForeignIn } from "../../swarm/swarm-ownership";
import { checkLabels } from "../../validation/node";
import { checkVersioned } from "../../validation/objects";
import { difference } from "../difference";
import type { Handler } from "../handler";
import type { Context } from "../../foundation/context";
import { deleteInSwarm, inSwarm, readInSwarm } from "../../swarm/own-swarm";
import { foreignInside, toldApart } from "../../docker/ownership";
import { adoptable, adoptedLabels } from "../../swarm/objects/versioned-adopt";
import { contentLabels, holdsContent, versionLabels } from "../../swarm/objects/versioned-content";
import { ofSwarm, owned } from "../traits";
import { slot } from "../../foundation/session";

type Inputs = ConfigInputs & SecretInputs;

const HASH_LENGTH = 10;

const TYPES = { config: "swarm:index:Config", secret: "swarm:index:Secret" } as const;

/**
 * IDs of the versions that the program of this run has. Content that came back is the same object again, while the state may
 * still list it as one that an earlier update, which failed, was to delete.
 */
const wanted = slot(() => new Set<string>());

/**
 * Configs and secrets: immutable in the swarm, so a version is an object of its own, named by its content.
 * A new version is made first; the old one goes after every service has moved, in Pulumi's order of replacement.
 */
export function versionedObject(kind: ObjectKind): Handler<Inputs, VersionedOutputs> {
  return {
    traits: [owned, ofSwarm],

    check: (inputs) => [...checkVersioned(kind, inputs), ...checkLabels("labels", inputs.labels ?? {})],

    noted(inputs, old, { session }) {
      const { changes } = shapeOf(TYPES[kind]);
      if (old && difference(changes, { ...old }, { ...inputs }).replaces.length === 0)
        session.get(wanted).add(old.objectId);
    },

    present: (inputs, context) =>
      inSwarm(inputs, context, async (engine) => {
        const adopted = await adoptable(engine, kind, inputs, context);
        return adopted && outputsOf(adopted);
      }),
    presentWithout: ["data"],

    async create(inputs, context) {
      const outputs = await inSwarm(inputs, context, async (engine) => {
        const present = await findEqual(engine, kind, inputs, context);
        if (present) return present;
        const adopted = await adoptable(engine, kind, inputs, context);
        if (!adopted) return create(engine, kind, inputs, context);
        await relabelObject(engine, kind, adopted, adoptedLabels(adopted, kind, inputs), context.signal);
        return outputsOf(adopted);
      });
      context.session.get(wanted).add(outputs.objectId);
      return { id: outputs.objectId, outputs };
    },

    async read(id, state, context) {
      const found = await readInSwarm(state, context, (engine) =>
        inspectObject(engine, kind, id, context.signal),
      );
      if (!found) return undefined;
      const labels = found.Spec.Labels ?? {};
      const actual = Object.fromEntries(Object.keys(state.labels ?? {}).map((name) => [name, labels[name]]));
      const inputs = state.labels ? { ...state, labels: actual } : state;
      return { inputs, outputs: { objectId: found.ID, objectName: found.Spec.Name } };
    },

    async update(id, old, inputs, context) {
      await inSwarm(inputs, context, async (engine) => {
        const found = await inspectObject(engine, kind, id, context.signal);
        if (!found)
          throw new Error(
            `The ${kind} ${old.objectName} is gone. Run \`pulumi up --refresh\` to make it again.`,
          );
        const kept = Object.entries(found.Spec.Labels ?? {}).filter(
          ([name]) => !(name in (old.labels ?? {})),
        );
        await relabelObject(
          engine,
          kind,
          found,
          { ...Object.fromEntries(kept), ...ownerLabels(inputs.owner), ...inputs.labels },
          context.signal,
        );
      });
      return { objectId: old.objectId, objectName: old.objectName };
    },

    async delete(id, state, context) {
      if (context.session.get(wanted).has(id)) return;
      const what = `the ${kind} ${state.objectName}`;
      await deleteInSwarm(what, state, context, async (engine, swarm) => {
        const found = await inspectObject(engine, kind, id, context.signal);
        const labels = found?.Spec.Labels;
        if (isForeignIn(swarm.Spec.Labels, state.owner, { id, labels }))
          return context.warn(`${what} stays: it belongs to ${toldApart(labels, state.owner)}.`);
        if (found) await removeObject(engine, kind, id, context.signal);
      });
    },
  };
}

function outputsOf({ ID, Spec }: SwarmObject): VersionedOutputs {
  return { objectId: ID, objectName: Spec.Name };
}

/** The same content under the same name, made by a run that was interrupted before Pulumi heard of it. */
async function findEqual(
  engine: EngineClient,
  kind: ObjectKind,
  inputs: Inputs,
  context: Context,
): Promise<VersionedOutputs | undefined> {
  const candidates = await listObjects(engine, kind, versionLabels(inputs), context.signal);
  const equal = candidates.find((candidate) => holdsContent(candidate, kind, inputs));
  return equal && outputsOf(equal);
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
