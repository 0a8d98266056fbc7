import type { ConfigInputs, SecretInputs, VersionedOutputs } from "../../schema/objects";
import { ownerLabels } from "../../schema/owner";
import { inspectObject, relabelObject, type ObjectKind } from "../../docker/objects";
import { toldApart } from "../../docker/ownership";
import type { Context } from "../../foundation/context";
import { deleteInSwarm, inSwarm } from "../own-swarm";
import { isForeignIn } from "../swarm-ownership";
import { removeSurplus, retireVersion } from "./former-versions";
import { madeVersion } from "./version-made";
import type { Content } from "./versioned-content";
import { isWanted, noteVersion, versionsToKeep } from "./wanted-versions";

type Inputs = Omit<ConfigInputs & SecretInputs, "data"> & { data: Content };
type State = Inputs & VersionedOutputs;

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

/** Gives a version other labels, and removes former ones where fewer are to be kept. Labels of others stay. */
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
    const keep = inputs.keep ?? 1;
    if (keep < (old.keep ?? 1)) await removeSurplus(engine, { kind, object: inputs, keep }, context);
  });
}

/**
 * Ends a version, unless it is wanted again or somebody else's by now: kept for a rollback as long as the program has its object
 * and says so, else removed, and with the last one of an object all that were kept.
 */
export async function removeVersion(kind: ObjectKind, state: State, context: Context): Promise<void> {
  const { objectId: id, objectName } = state;
  if (isWanted(state, context)) return;
  const versions = { kind, object: state, keep: versionsToKeep(kind, state, context) };
  const what = `the ${kind} ${objectName}`;
  await deleteInSwarm(what, state, context, async (engine, swarm) => {
    const found = await inspectObject(engine, kind, id, context.signal);
    const labels = found?.Spec.Labels;
    if (isForeignIn(swarm.Spec.Labels, state.owner, { id, labels }))
      context.warn(`${what} stays: it belongs to ${toldApart(labels, state.owner)}.`);
    else if (found) return retireVersion(engine, found, versions, context);
    await removeSurplus(engine, versions, context);
  });
}
