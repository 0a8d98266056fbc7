import type { LoadedImagesInputs, LoadedImagesOutputs } from "../../schema/local";
import { connect } from "../../docker/connect";
import type { EngineClient } from "../../docker/engine-client";
import type { ImageInspect } from "../../docker/api/image";
import { inspectImage, loadImage, saveImage } from "../../docker/images";
import { outerEngine } from "../../docker/outer";
import type { Context } from "../../foundation/context";
import { fingerprintOf } from "./image-fingerprint";

/** A save and a load keep two cores busy already. */
const NODES_AT_ONCE = 3;

/** Loads images of the engine that runs the nodes into those nodes that do not have them, by content. */
export async function loadImages(inputs: LoadedImagesInputs, context: Context): Promise<LoadedImagesOutputs> {
  const fingerprints: Record<string, string> = {};
  for (const { name } of inputs.images) {
    const image = await outerImage(name, inputs.dockerHost, context);
    if (!image) {
      throw new Error(
        `The image "${name}" is not in the Docker Engine that runs the nodes, so it cannot be loaded into them. ` +
          `Build or pull it there first: docker pull ${name}`,
      );
    }
    fingerprints[name] = fingerprintOf(image);
    await loadIntoNodes(name, fingerprints[name], inputs, context);
  }
  return { fingerprints };
}

/** The fingerprints of those images that the engine that runs the nodes has. */
export async function presentImages(
  { images, dockerHost }: LoadedImagesInputs,
  context: Context,
): Promise<LoadedImagesOutputs> {
  const fingerprints: Record<string, string> = {};
  for (const { name } of images) {
    const found = await outerImage(name, dockerHost, context);
    if (found) fingerprints[name] = fingerprintOf(found);
  }
  return { fingerprints };
}

async function loadIntoNodes(
  name: string,
  fingerprint: string,
  inputs: LoadedImagesInputs,
  context: Context,
) {
  const waiting = [...inputs.nodes];
  let done = 0;
  const worker = async () => {
    for (let node = waiting.shift(); node; node = waiting.shift()) {
      const engine = connect(node.connection, context);
      if (!(await has(engine, name, fingerprint, context)))
        await stream(engine, name, inputs.dockerHost, context);
      context.progress(`${name}: ${++done} of ${inputs.nodes.length} nodes`);
    }
  };
  await Promise.all(Array.from({ length: NODES_AT_ONCE }, worker));
}

async function has(
  engine: EngineClient,
  name: string,
  fingerprint: string,
  context: Context,
): Promise<boolean> {
  const found = await inspectImage(engine, name, context.signal);
  return found !== undefined && fingerprintOf(found) === fingerprint;
}

async function stream(engine: EngineClient, name: string, dockerHost: string | undefined, context: Context) {
  const archive = await saveImage(outerEngine(dockerHost, context), name);
  await loadImage(engine, name, archive, context.signal);
}

function outerImage(
  name: string,
  dockerHost: string | undefined,
  context: Context,
): Promise<ImageInspect | undefined> {
  return inspectImage(outerEngine(dockerHost, context), name);
}
