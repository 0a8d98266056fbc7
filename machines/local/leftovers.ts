import type { LocalNetworkInputs } from "../../schema/local";
import { CLUSTER_LABEL, NODE_LABEL, isOlder, isOwnedBy, type Labels } from "../../schema/owner";
import { deleteContainer, listContainers } from "../../docker/containers";
import { deleteImage, listImages } from "../../docker/images";
import { outerEngine } from "../../docker/outer";
import { deleteVolume, listVolumes } from "../../docker/volumes";
import type { InSession } from "../../foundation/session";

/**
 * Removes the machines of a cluster that Pulumi does not know of: an `up` that was killed between a container's
 * creation and its answer leaves some. Called when the cluster's network goes, after all machines that are known.
 *
 * @param olderToo - the network is from before there were identities: so may be what an update of that time left
 */
export async function removeLeftovers(
  { owner, dockerHost }: Pick<LocalNetworkInputs, "owner" | "dockerHost">,
  olderToo: boolean,
  context: InSession,
): Promise<void> {
  const label = [NODE_LABEL];
  const isOurs = ({ Labels }: { Labels?: Labels }) =>
    isOwnedBy(owner, Labels) || (olderToo && isOlder(owner, Labels));
  const engine = outerEngine(dockerHost, context);

  // The filter of Docker 20.10 lets through containers that are just being removed, whosever they are.
  const containers = (await listContainers(engine, { label })).filter(isOurs);
  await Promise.all(
    containers.map(({ Id, Names }) => deleteContainer(engine, { id: Id, name: Names?.[0] ?? Id })),
  );
  const volumes = (await listVolumes(engine, label)).filter(isOurs);
  await Promise.all(volumes.map(({ Name }) => deleteVolume(engine, Name)));
  // Their image lost its name while they ran on it; it goes by its ID.
  const images = await listImages(engine, { dangling: ["true"], label: [CLUSTER_LABEL] });
  await Promise.all(images.filter(isOurs).map(({ Id }) => deleteImage(engine, Id)));
}
