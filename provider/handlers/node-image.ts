import type { ImageOutputs, NodeImageInputs } from "../../schema/local";
import { readImage, removeImage } from "../../machines/local/image-state";
import { buildNodeImage } from "../../machines/local/node-image";
import type { Handler } from "../handler";
import { owned } from "../traits";

/** The image of a node: a Linux with a Docker Engine that starts inside an unprivileged container. */
export const nodeImage: Handler<NodeImageInputs, ImageOutputs> = {
  traits: [owned],
  renewed: (changed) => (changed.includes("baseImage") ? ["imageId"] : []),
  deleteBeforeReplace: true,

  create: async (inputs, context) => ({ id: inputs.name, outputs: await buildNodeImage(inputs, context) }),
  read: (_id, state, context) => readImage(state, context),
  update: (_id, old, inputs, context) => buildNodeImage(inputs, context, old.imageId),
  delete: (_id, state, context) => removeImage(state, context),
};
