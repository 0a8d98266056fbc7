import type { ImageOutputs } from "../../schema/local";
import { isStillOwnedBy, ownerFrom, type Owner } from "../../schema/owner";
import { deleteImage, inspectImage } from "../../docker/images";
import { outerEngine } from "../../docker/outer";
import { refuseForeign } from "../../docker/ownership";
import type { InSession } from "../../foundation/session";

interface Image {
  name: string;
  owner: Owner;
  dockerHost?: string;
}

/** What is the same for every image that this tool builds: looked up by tag, removed when it is ours. */
export async function readImage<S extends Image>(
  state: S,
  context: InSession,
): Promise<{ inputs: S; outputs: ImageOutputs } | undefined> {
  const found = await inspect(state, context);
  return found ? { inputs: state, outputs: { imageId: found.Id } } : undefined;
}

export async function removeImage(state: Image, context: InSession): Promise<void> {
  const found = await inspect(state, context);
  if (!found || !isStillOwnedBy(state.owner, found.Config?.Labels)) return;
  await deleteImage(outerEngine(state.dockerHost, context), state.name);
}

/**
 * A cluster of the same name may run on the image that has this tag, and would build its next nodes from ours.
 * @param listed - ID of the image that the state lists
 */
export async function refuseForeignImage(image: Image, context: InSession, listed?: string): Promise<void> {
  const found = await inspect(image, context);
  const labels = found?.Config?.Labels;
  if (found && ownerFrom(labels))
    refuseForeign(`The image "${image.name}"`, labels, image.owner, context, found.Id === listed);
}

function inspect({ name, dockerHost }: Image, context: InSession) {
  return inspectImage(outerEngine(dockerHost, context), name);
}
