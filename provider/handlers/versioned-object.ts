import type { ConfigInputs, SecretInputs, VersionedOutputs } from "../../schema/objects";
import { shapeOf } from "../../schema/package-schema";
import { inspectObject, type ObjectKind } from "../../docker/objects";
import { makeVersion, relabelVersion, removeVersion } from "../../swarm/objects/version";
import { outputsOf } from "../../swarm/objects/version-made";
import { adoptable } from "../../swarm/objects/versioned-adopt";
import { noteObject, noteVersion } from "../../swarm/objects/wanted-versions";
import { inSwarm, readInSwarm } from "../../swarm/own-swarm";
import { checkLabels } from "../../validation/node";
import { checkVersioned } from "../../validation/objects";
import { difference } from "../difference";
import type { Handler } from "../handler";
import { ofSwarm, owned } from "../traits";

type Inputs = ConfigInputs & SecretInputs;

const TYPES = { config: "swarm:index:Config", secret: "swarm:index:Secret" } as const;

/**
 * Configs and secrets: immutable in the swarm, so a version is an object of its own, named by its content.
 * A new version is made first; the old one goes, or is kept as a former one, after every service has moved, in Pulumi's order of
 * replacement.
 */
export function versionedObject(kind: ObjectKind): Handler<Inputs, VersionedOutputs> {
  return {
    traits: [owned, ofSwarm],

    check: (inputs) => [...checkVersioned(kind, inputs), ...checkLabels("labels", inputs.labels ?? {})],

    noted(inputs, old, within) {
      noteObject(kind, inputs, within);
      const { changes } = shapeOf(TYPES[kind]);
      if (old && difference(changes, { ...old }, { ...inputs }).replaces.length === 0)
        noteVersion(old, within);
    },

    present: (inputs, context) =>
      inSwarm(inputs, context, async (engine) => {
        const adopted = await adoptable(engine, kind, inputs, context);
        return adopted && outputsOf(adopted);
      }),
    presentWithout: ["data"],

    async create(inputs, context) {
      const outputs = await makeVersion(kind, inputs, context);
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
      return { inputs, outputs: outputsOf(found) };
    },

    async update(_id, old, inputs, context) {
      await relabelVersion(kind, old, inputs, context);
      return { objectId: old.objectId, objectName: old.objectName };
    },

    delete: (_id, state, context) => removeVersion(kind, state, context),
  };
}
