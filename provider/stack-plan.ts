import { isDeepStrictEqual } from "node:util";
import type { StackDefinition, SwarmStackInputs } from "../schema/stack";
import type { Context } from "../foundation/context";
import { ifItCanBeAsked } from "../swarm/can-be-asked";
import { previewNetworks } from "../swarm/stacks/network-plan";
import { plannedDefinition } from "../swarm/stacks/planned-definition";
import { hasUnknown, UNKNOWN, type Properties } from "./values";

/** What Docker merges into a stack's definition. */
export const SUMMED_UP = [
  "composeFiles",
  "files",
  "environment",
  "secrets",
  "configs",
  "networks",
  "imageFingerprints",
  "ignore",
] as const;

/** Stands for a text that a preview does not know. */
const LATER = "[known later]";

/**
 * What a stack will be, as a manager of its swarm merges it; what the last Check said where nothing of it has changed, which asks
 * nobody; where the program has its registries asked each time, what they say is part of it. Nothing where no manager can be asked, or Docker does not merge it.
 */
export async function planned(
  inputs: SwarmStackInputs,
  old: SwarmStackInputs,
  context: Context,
): Promise<StackDefinition | undefined> {
  const asksRegistries = inputs.resolveImage === "always";
  if (!asksRegistries && SUMMED_UP.every((field) => isDeepStrictEqual(inputs[field], old[field])))
    return old.definition;
  const known = withoutUnknown(inputs, old);
  return known && ifItCanBeAsked(context, (soon) => plannedDefinition(known, soon));
}

/** Tells in a preview which networks of a stack its services move to, and refuses what the update will refuse. */
export async function previewedNetworks(
  old: SwarmStackInputs,
  inputs: SwarmStackInputs,
  context: Context,
): Promise<void> {
  const known = withoutUnknown(inputs, old);
  if (!known) return;
  const replaced = Object.entries(old.networks ?? {}).filter(([key]) => known.networks?.[key] === LATER);
  await previewNetworks(known, Object.fromEntries(replaced), context);
}

/** Managers that an update may change are not known in its preview, and those before it merge as well. */
function withoutUnknown(inputs: SwarmStackInputs, old: SwarmStackInputs): SwarmStackInputs | undefined {
  const { composeFiles, files, imageFingerprints } = inputs;
  const managers = hasUnknown(inputs.managers) ? old.managers : inputs.managers;
  const texts = (["environment", "secrets", "configs", "networks"] as const).map((field) => [
    field,
    textsOf(inputs[field]),
  ]);
  if ([composeFiles, files, managers].some(hasUnknown) || texts.some(([, known]) => known === UNKNOWN))
    return undefined;
  return {
    ...{ ...inputs, managers, clusterId: old.clusterId },
    imageFingerprints: hasUnknown(imageFingerprints) ? undefined : imageFingerprints,
    ...([inputs.registries, inputs.registryPasswords, inputs.registryCertificates].some(hasUnknown)
      ? {
          registries: old.registries,
          registryPasswords: old.registryPasswords,
          registryCertificates: old.registryCertificates,
        }
      : {}),
    ...(Object.fromEntries(texts) as Properties),
  };
}

function textsOf(values: unknown): unknown {
  if (values === UNKNOWN || values === undefined) return values;
  const texts = { ...(values as Properties) };
  for (const name of Object.keys(texts)) if (texts[name] === UNKNOWN) texts[name] = LATER;
  return texts;
}
