import { isStillOwnedBy, type Owner } from "../../schema/owner";
import { deleteContainer, inspectContainer, listContainers } from "../../docker/containers";
import { outerEngine } from "../../docker/outer";
import { deleteVolume, inspectVolume } from "../../docker/volumes";
import type { InSession } from "../../foundation/session";

interface Belongs {
  owner: Owner;
  dockerHost?: string;
}

/** Removes a node's container and its volume where they are ours. What is gone already is fine. */
export async function removeContainer(
  { owner, dockerHost }: Belongs,
  { id, name }: { id: string; name: string },
  context: InSession,
): Promise<void> {
  const engine = outerEngine(dockerHost, context);
  const container = await inspectContainer(engine, { id, name });
  if (container && isStillOwnedBy(owner, container.Config.Labels))
    await deleteContainer(engine, { id, name });
  await removeVolume({ owner, dockerHost }, name, context);
}

/** A volume that another container uses by now stays: its name was given again. */
async function removeVolume({ owner, dockerHost }: Belongs, name: string, context: InSession): Promise<void> {
  const engine = outerEngine(dockerHost, context);
  const volume = await inspectVolume(engine, name);
  if (!volume || !isStillOwnedBy(owner, volume.Labels)) return;
  if ((await listContainers(engine, { volume: [name] })).length > 0) return;
  await deleteVolume(engine, name);
}
