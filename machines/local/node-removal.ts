import { isStillOwnedBy, type Owner } from "../../schema/owner";
import { ifPresent, onOuterEngine } from "../../docker/outer";
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
  const container = await ifPresent(
    onOuterEngine(dockerHost, context, `inspect container ${name}`, (docker) =>
      docker.getContainer(id).inspect(),
    ),
  );
  if (container && isStillOwnedBy(owner, container.Config.Labels)) {
    await ifPresent(
      onOuterEngine(dockerHost, context, `remove container ${name}`, (docker) =>
        docker.getContainer(id).remove({ force: true, v: true }),
      ),
    );
  }
  await removeVolume({ owner, dockerHost }, name, context);
}

/** A volume that another container uses by now stays: its name was given again. */
async function removeVolume({ owner, dockerHost }: Belongs, name: string, context: InSession): Promise<void> {
  const volume = await ifPresent(
    onOuterEngine(dockerHost, context, `inspect volume ${name}`, (docker) =>
      docker.getVolume(name).inspect(),
    ),
  );
  if (!volume || !isStillOwnedBy(owner, volume.Labels)) return;
  const users = await onOuterEngine(dockerHost, context, `list containers of volume ${name}`, (docker) =>
    docker.listContainers({ all: true, filters: { volume: [name] } }),
  );
  if (users.length > 0) return;
  await ifPresent(
    onOuterEngine(dockerHost, context, `remove volume ${name}`, (docker) => docker.getVolume(name).remove()),
  );
}
