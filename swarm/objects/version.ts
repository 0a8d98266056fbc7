import type { ConfigInputs, SecretInputs, VersionedOutputs } from "../../schema/objects";
import { ownerLabels } from "../../schema/owner";
import { inspectObject, relabelObject, removeObject, type ObjectKind } from "../../docker/objects";
import { toldApart } from "../../docker/ownership";
import type { Context } from "../../foundation/context";
import { slot, type InSession } from "../../foundation/session";
import { deleteInSwarm, inSwarm } from "../own-swarm";
import { isForeignIn } from "../swarm-ownership";
import { madeVersion } from "./version-made";
import type { Content } from "./versioned-content";

type Inputs = Omit<ConfigInputs & SecretInputs, "data"> & { data: Content };
type State = Inputs & VersionedOutputs;

/**
 * IDs of the versions that the program of this run has. Content that came back is the same object again, while the state may
 * still list it as one that an earlier update, which failed, was to delete.
 */
const wanted = slot(() => new Set<string>());

/** Notes a version that stays. */
export function noteVersion({ objectId }: VersionedOutputs, { session }: InSession): void {
  session.get(wanted).add(objectId);
}

/** Makes a version of a config or a secret: an object named by its content, made anew only where none holds just that. */
export async function makeVersion(
  kind: ObjectKind,
  inputs: Inputs,
  context: Context,
): Promise<VersionedOutputs> {
  const outputs = await inSwarm(inputs, context, (engine) => madeVersion(engine, kind, inputs, context));
  noteVersion(outputs, context);
  return outputs;
}

/** Gives a version other labels. Those of others stay. */
export async function relabelVersion(
  kind: ObjectKind,
  old: State,
  inputs: Inputs,
  context: Context,
): Promise<void> {
  await inSwarm(inputs, context, async (engine) => {
    const found = await inspectObject(engine, kind, old.objectId, context.signal);
    if (!found)
      throw new Error(`The ${kind} ${old.objectName} is gone. Run \`pulumi up --refresh\` to make it again.`);
    const others = Object.entries(found.Spec.Labels ?? {}).filter(([name]) => !(name in (old.labels ?? {})));
    await relabelObject(
      engine,
      kind,
      found,
      { ...Object.fromEntries(others), ...ownerLabels(inputs.owner), ...inputs.labels },
      context.signal,
    );
  });
}

/** Removes a version, unless it is wanted again or somebody else's by now. */
export async function removeVersion(kind: ObjectKind, state: State, context: Context): Promise<void> {
  const { objectId: id, objectName } = state;
  if (context.session.get(wanted).has(id)) return;
  const what = `the ${kind} ${objectName}`;
  await deleteInSwarm(what, state, context, async (engine, swarm) => {
    const found = await inspectObject(engine, kind, id, context.signal);
    const labels = found?.Spec.Labels;
    if (isForeignIn(swarm.Spec.Labels, state.owner, { id, labels }))
      return context.warn(`${what} stays: it belongs to ${toldApart(labels, state.owner)}.`);
    if (found) await removeObject(engine, kind, id, context.signal);
  });
}
