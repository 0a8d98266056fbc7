import type Docker from "dockerode";
import type { LocalNetworkInputs } from "../../schema/local";
import { CLUSTER_LABEL, NODE_LABEL, isOlder, isOwnedBy, type Labels } from "../../schema/owner";
import { ifPresent, onOuterEngine } from "../../docker/outer";
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
  const run = <T>(action: string, call: (docker: Docker) => Promise<T>) =>
    onOuterEngine(dockerHost, context, action, call);

  // The filter of Docker 20.10 lets through containers that are just being removed, whosever they are.
  const listed = await run("list containers", (docker) =>
    docker.listContainers({ all: true, filters: { label } }),
  );
  const containers = listed.filter(isOurs);
  await Promise.all(
    containers.map(({ Id, Names }) =>
      ifPresent(
        run(`remove container ${Names[0]}`, (docker) =>
          docker.getContainer(Id).remove({ force: true, v: true }),
        ),
      ),
    ),
  );
  const { Volumes } = await run("list volumes", (docker) => docker.listVolumes({ filters: { label } }));
  await Promise.all(
    // The engine answers null for none.
    ((Volumes as typeof Volumes | null) ?? [])
      .filter(isOurs)
      .map(({ Name }) =>
        ifPresent(run(`remove volume ${Name}`, (docker) => docker.getVolume(Name).remove())),
      ),
  );
  // Their image lost its name while they ran on it; it goes by its ID.
  const images = await run("list images", (docker) =>
    docker.listImages({ filters: { dangling: ["true"], label: [CLUSTER_LABEL] } }),
  );
  await Promise.all(
    images
      .filter(isOurs)
      .map(({ Id }) =>
        ifPresent(run(`remove image ${Id}`, (docker) => docker.getImage(Id).remove({ force: true }))),
      ),
  );
}
