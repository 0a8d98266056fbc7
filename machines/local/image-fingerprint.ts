import type { ImageInspect } from "../../docker/api/image";
import { createHash } from "node:crypto";
import { withoutIdentity, type Labels } from "../../schema/owner";

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
