import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { ImageOutputs, NodeImageInputs } from "../../schema/local";
import { ownerLabels } from "../../schema/owner";
import type { Context } from "../../foundation/context";
import { packageFolder } from "../../foundation/package-folder";
import { buildImage } from "./image-build";
import { refuseForeignImage } from "./image-state";
import { inspectImage, pullImage } from "../../docker/images";
import { outerEngine } from "../../docker/outer";
import { SETUP_COMMAND } from "../../foundation/command-lines";

/** The Dockerfiles stay beside the sources: the compiler copies only TypeScript. */
const FOLDER = path.join(packageFolder, "machines", "local", "node-image");
const DEFAULT_BASE = "debian:trixie-slim";

/**
 * Builds the image of a node, with a Docker Engine on a Linux.
 *
 * @param present - the ID of the one that the state knows, which is ours
 */
export async function buildNodeImage(
  inputs: NodeImageInputs,
  context: Context,
  present?: string,
): Promise<ImageOutputs> {
  await refuseForeignImage(inputs, context, present);
  const imageId = await buildImage({
    name: inputs.name,
    context: FOLDER,
    dockerfile: "node.Dockerfile",
    buildArgs: { ENGINE: await engineLayer(inputs, context) },
    labels: ownerLabels(inputs.owner),
    dockerHost: inputs.dockerHost,
    signal: context.signal,
    session: context.session,
    onLine: () => undefined,
  });
  return { imageId };
}

/** The base image with Docker's packages: installed once, found again by its tag. */
async function engineLayer(inputs: NodeImageInputs, context: Context): Promise<string> {
  const base = inputs.baseImage ?? DEFAULT_BASE;
  const baseId = await baseImageId(base, inputs.dockerHost, context);
  const recipe = await readFile(path.join(FOLDER, "engine.Dockerfile"));
  const digest = createHash("sha256").update(baseId).update(recipe).digest("hex").slice(0, 12);
  const name = `pulumi-swarm-engine:${digest}`;
  if (await inspectImage(outerEngine(inputs.dockerHost, context), name)) return name;
  context.progress(`installing Docker Engine on ${base}, once`);
  await buildImage({
    name,
    context: FOLDER,
    dockerfile: "engine.Dockerfile",
    buildArgs: { BASE: base },
    labels: { "pulumi-swarm.cache": "engine" },
    dockerHost: inputs.dockerHost,
    signal: context.signal,
    session: context.session,
    onLine: (line) => context.progress(`installing Docker Engine on ${base}, once: ${line}`),
  });
  return name;
}

async function baseImageId(base: string, dockerHost: string | undefined, context: Context): Promise<string> {
  const engine = outerEngine(dockerHost, context);
  const present = await inspectImage(engine, base);
  if (present) return present.Id;
  context.progress(`pulling ${base}`);
  try {
    await pullImage(engine, base);
  } catch (error) {
    throw new Error(
      `The base image ${base} is not there and could not be pulled: ${(error as Error).message} ` +
        `\`${SETUP_COMMAND}\` makes one without a registry; or name an image that this engine has as \`baseImage\`.`,
      { cause: error },
    );
  }
  const pulled = await inspectImage(engine, base);
  if (!pulled) throw new Error(`The base image ${base} was pulled, but the engine does not list it.`);
  return pulled.Id;
}
