import type { ConfigInputs, SecretInputs } from "../../schema/objects";
import { describeOwner, isOwnedBy } from "../../schema/owner";
import type { EngineClient } from "../../docker/engine-client";
import type { SwarmObject } from "../../docker/api/object";
import { inspectObject, type ObjectKind } from "../../docker/objects";
import { STACK_LABEL } from "../../docker/services";
import type { Context } from "../../foundation/context";
import { toldApart } from "../../docker/ownership";
import { contentLabels, isTemplated, versionLabels, type Content } from "./versioned-content";

type Inputs = Omit<ConfigInputs & SecretInputs, "data"> & {
  /** Missing in a preview that does not know it yet. */
  data?: Content;
};

/**
 * The object of just the name that the program gives, where somebody else has made it and the program takes it over. It
 * has to hold what the program says: a new version would leave the old one to nobody, and renew tasks. Of a secret nobody can
 * tell, so it is believed. Where it shall not be taken over it is none of ours, and only told of.
 */
export async function adoptable(
  engine: EngineClient,
  kind: ObjectKind,
  inputs: Inputs,
  context: Context,
): Promise<SwarmObject | undefined> {
  const found = await inspectObject(engine, kind, inputs.name, context.signal);
  // An object is found by the beginning of its ID as well.
  if (!found || found.Spec.Name !== inputs.name || isOwnedBy(inputs.owner, found.Spec.Labels))
    return undefined;
  const { ID, Spec } = found;
  const what = `the ${kind} "${Spec.Name}" (ID ${ID})`;
  const whose = `belongs to ${toldApart(Spec.Labels, inputs.owner)}`;
  if (!inputs.adopt) {
    context.warn(
      `${what} ${whose}. It stays beside this one, which has the hash of its content behind its name. ` +
        "With `adopt: true` it is taken over in its place.",
    );
    return undefined;
  }
  const difference = differenceOf(found, inputs);
  if (difference) {
    throw new Error(
      `${what} ${whose}, and cannot be taken over as the program has it: ${difference}. It was left as it is. ` +
        `Say in the program what it holds, take it over, and change it then.`,
    );
  }
  context.info(`takes over ${what}, which belongs to ${describeOwner(Spec.Labels)}`);
  if (kind === "secret")
    context.warn(
      `what ${what} holds cannot be read, so it is believed to be what the program says. Where it is not, tasks go on with ` +
        "the old content until the program's changes.",
    );
  return found;
}

/** What an object says once it is ours. It is no part of a stack any more, which would take it along when it goes. */
export function adoptedLabels(
  { Spec }: SwarmObject,
  kind: ObjectKind,
  inputs: Inputs & { data: Content },
): Record<string, string> {
  const { [STACK_LABEL]: _stack, ...labels } = Spec.Labels ?? {};
  return {
    ...labels,
    ...versionLabels(inputs),
    ...contentLabels(kind, inputs.data).labels,
    ...inputs.labels,
  };
}

function differenceOf({ Spec }: SwarmObject, { data, templated = false }: Inputs): string | undefined {
  if (isTemplated(Spec) !== templated) return `it is ${templated ? "not " : ""}templated`;
  // A secret's data is never told.
  if (Spec.Data === undefined || data === undefined) return undefined;
  const [theirs, ours] = [Buffer.from(Spec.Data, "base64"), Buffer.from(data)];
  if (theirs.equals(ours)) return undefined;
  return `it holds something else, ${theirs.length} bytes, and the program says ${ours.length} bytes`;
}
