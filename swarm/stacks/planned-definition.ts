import type { StackDefinition, SwarmStackInputs } from "../../schema/stack";
import type { Context } from "../../foundation/context";
import { onManager } from "../managers";
import { mergedCompose } from "./stack-deploy";
import { preparedFiles } from "./stack-files";
import { definitionOf } from "./definition";

/** What compose files will come to. Nothing is made: a manager merges them, and forgets them. */
export async function plannedDefinition(
  inputs: SwarmStackInputs,
  context: Context,
): Promise<StackDefinition> {
  const prepared = preparedFiles(inputs);
  const merged = await onManager(inputs.managers, context, (engine) =>
    mergedCompose(engine.transport, inputs, prepared, context.signal),
  );
  return definitionOf(merged, prepared, inputs, context.secretTexts);
}
