import type { StackDefinition, SwarmStackInputs } from "../../schema/stack";
import type { Context } from "../../foundation/context";
import { onManager } from "../managers";
import { mergedCompose } from "./stack-deploy";
import { preparedFiles } from "./stack-files";
import { digestsOf } from "./image-digests";
import { definitionOf } from "./definition";

/** What compose files will come to. Nothing is made: a manager merges them, and forgets them; it may ask registries. */
export async function plannedDefinition(
  inputs: SwarmStackInputs,
  context: Context,
): Promise<StackDefinition> {
  const prepared = preparedFiles(inputs);
  return onManager(inputs.managers, context, async (engine) => {
    const merged = await mergedCompose(engine.transport, inputs, prepared, context);
    const digests = await digestsOf(engine, merged, inputs, context);
    return definitionOf(merged, prepared, inputs, context.secretTexts, digests);
  });
}
