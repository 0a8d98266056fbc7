import { createHash } from "node:crypto";
import { withoutIdentity, type Labels } from "../../schema/owner";
import type { LoadedImagesInputs, LoadedImagesOutputs } from "../../schema/local";
import { connect } from "../../docker/connect";
import type { EngineClient } from "../../docker/engine-client";
import type { Handler } from "../handler";
import type { Context } from "../../foundation/context";
import { ifPresent, onOuterEngine } from "../../docker/outer";

interface ImageInspect {
  Id: string;
  RootFS: { Layers?: string[] };
  Config: Record<string, unknown>;
}

/** A save and a load keep two cores busy already. */
const NODES_AT_ONCE = 3;
const LOAD_TIMEOUT_MS = 600_000;

/** Images of the outer engine in the nodes: streamed to those nodes that do not have them, by content. */
export const loadedImages: Handler<LoadedImagesInputs, LoadedImagesOutputs> = {
  renewed: (changed) => (changed.includes("images") ? ["fingerprints"] : []),

  create: async (inputs, context) => ({ id: "images", outputs: await load(inputs, context) }),

  async read(_id, state, context) {
    const fingerprints: Record<string, string> = {};
    for (const { name } of state.images) {
      const found = await outerImage(name, state.dockerHost, context);
      if (found) fingerprints[name] = fingerprintOf(found);
    }
    return { inputs: state, outputs: { fingerprints } };
  },

  update: (_id, _old, inputs, context) => load(inputs, context),

  // The copies lie in the nodes' volumes and go with them.
  delete: async () => undefined,
};

async function load(inputs: LoadedImagesInputs, context: Context): Promise<LoadedImagesOutputs> {
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
  const found = await ifPresent(
    engine.get<ImageInspect>(`inspect image ${name}`, `/images/${encodeURIComponent(name)}/json`, {
      signal: context.signal,
    }),
  );
  return found !== undefined && fingerprintOf(found) === fingerprint;
}

async function stream(engine: EngineClient, name: string, dockerHost: string | undefined, context: Context) {
  const archive = await onOuterEngine(dockerHost, context, `save image ${name}`, (docker) =>
    docker.getImage(name).get(),
  );
  await engine.upload(`load image ${name}`, "/images/load", archive, {
    query: { quiet: true },
    signal: context.signal,
    timeoutMs: LOAD_TIMEOUT_MS,
  });
}

function outerImage(
  name: string,
  dockerHost: string | undefined,
  context: Context,
): Promise<ImageInspect | undefined> {
  return ifPresent(
    onOuterEngine(
      dockerHost,
      context,
      `inspect image ${name}`,
      async (docker) => (await docker.getImage(name).inspect()) as unknown as ImageInspect,
    ),
  );
}

/**
 * What an image is, the same in every engine: an engine's image ID depends on how it stores images
 * (the config's digest, or since the containerd store the manifest's), its layers and settings do not. Nor does whose it
 * is: what a cluster builds again after a loss, under another identity, renews no task of the services that were restored.
 */
export function fingerprintOf({ RootFS, Config }: Pick<ImageInspect, "RootFS" | "Config">): string {
  const { Env, Cmd, Entrypoint, WorkingDir, User, Labels, ExposedPorts } = Config ?? {};
  const settings = [
    Env,
    Cmd,
    Entrypoint,
    WorkingDir,
    User,
    withoutIdentity(Labels as Labels),
    ExposedPorts,
  ].map((value) => value ?? null);
  return createHash("sha256")
    .update(JSON.stringify([RootFS.Layers, settings]))
    .digest("hex");
}
