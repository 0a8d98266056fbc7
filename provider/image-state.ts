import type { ImageOutputs } from "../contract/local";
import { identityOf, isStillOwnedBy, type Owner } from "../contract/owner";
import { ifPresent, onOuterEngine } from "./outer";
import { foreign } from "./ownership";

interface Image {
  name: string;
  owner: Owner;
  dockerHost?: string;
}

/** What is the same for every image that this tool builds: looked up by tag, removed when it is ours. */
export async function readImage<S extends Image>(
  state: S,
): Promise<{ inputs: S; outputs: ImageOutputs } | undefined> {
  const found = await inspect(state);
  return found ? { inputs: state, outputs: { imageId: found.Id } } : undefined;
}

export async function removeImage(state: Image): Promise<void> {
  const found = await inspect(state);
  if (!found || !isStillOwnedBy(state.owner, found.Config.Labels)) return;
  await ifPresent(
    onOuterEngine(state.dockerHost, `remove image ${state.name}`, (docker) =>
      docker.getImage(state.name).remove({ force: true }),
    ),
  );
}

/** A cluster of the same name may run on the image that has this tag, and would build its next nodes from ours. */
export async function refuseForeignImage(image: Image): Promise<void> {
  const found = await inspect(image);
  const identity = identityOf(found?.Config.Labels);
  if (found && identity !== undefined && identity !== image.owner.id)
    throw foreign(`The image "${image.name}"`, found.Config.Labels, image.owner);
}

function inspect({ name, dockerHost }: Image) {
  return ifPresent(
    onOuterEngine(dockerHost, `inspect image ${name}`, (docker) => docker.getImage(name).inspect()),
  );
}
