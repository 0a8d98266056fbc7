import { existsSync } from "node:fs";
import path from "node:path";
import type { BuiltImageInputs, ImageOutputs } from "../../schema/local";
import { ownerLabels } from "../../schema/owner";
import type { Handler } from "../handler";
import type { Context } from "../../foundation/context";
import { buildImage } from "../../machines/local/image-build";
import { readImage, removeImage } from "../../machines/local/image-state";
import { owned } from "../traits";

/** An image built from a folder with a Dockerfile, by the engine that runs the nodes. */
export const builtImage: Handler<BuiltImageInputs, ImageOutputs> = {
  traits: [owned],
  renewed: (changed) => (changed.includes("contextDigest") ? ["imageId"] : []),
  deleteBeforeReplace: true,

  check({ context }) {
    if (context === undefined || existsSync(path.join(context, "Dockerfile"))) return [];
    return [{ where: "context", text: `"${context}" has no Dockerfile. Name a folder that has one.` }];
  },

  create: async (inputs, context) => ({ id: inputs.name, outputs: await build(inputs, context) }),
  read: (_id, state, context) => readImage(state, context),
  update: (_id, _old, inputs, context) => build(inputs, context),
  delete: (_id, state, context) => removeImage(state, context),
};

async function build(inputs: BuiltImageInputs, context: Context): Promise<ImageOutputs> {
  const imageId = await buildImage({
    name: inputs.name,
    context: inputs.context,
    labels: ownerLabels(inputs.owner),
    dockerHost: inputs.dockerHost,
    signal: context.signal,
    session: context.session,
    onLine: (line) => context.progress(`building ${inputs.name}: ${line}`),
  });
  return { imageId };
}
