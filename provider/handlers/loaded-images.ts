import type { LoadedImagesInputs, LoadedImagesOutputs } from "../../schema/local";
import { loadImages, presentImages } from "../../machines/local/image-load";
import type { Handler } from "../handler";

/** Images of the outer engine in the nodes. */
export const loadedImages: Handler<LoadedImagesInputs, LoadedImagesOutputs> = {
  renewed: (changed) => (changed.includes("images") ? ["fingerprints"] : []),

  create: async (inputs, context) => ({ id: "images", outputs: await loadImages(inputs, context) }),
  read: async (_id, state, context) => ({ inputs: state, outputs: await presentImages(state, context) }),
  update: (_id, _old, inputs, context) => loadImages(inputs, context),
  // The copies lie in the nodes' volumes and go with them.
  delete: async () => undefined,
};
