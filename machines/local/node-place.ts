import type { ContainerInspect } from "../../docker/api/container";
import type { LocalNodeInputs } from "../../schema/local";
import { SPEC_LABEL } from "../../schema/owner";
import { madeInThisRun } from "./made-network";
import { specDigest } from "./node-container";
import { removeContainer } from "./node-removal";
import { hasFile, inspectContainer } from "../../docker/containers";
import { outerEngine } from "../../docker/outer";
import { refuseForeign } from "../../docker/ownership";
import { SWARM_COMMAND } from "../../foundation/command-lines";
import type { InSession } from "../../foundation/session";

export interface Place {
  /** Name of the container that is to be. */
  container: string;
  /** It is there already, just as it is wanted: an interrupted run made it. */
  adopted?: ContainerInspect;
}

/** Where an engine keeps its membership, from the join to the leave. Seen in 26.1 and 29. */
const MEMBERSHIP = "/var/lib/docker/swarm/docker-state.json";

/** A node has one container, for the time of a replacement two, and no update begins before the last one's end. */
const MOST_CONTAINERS = 4;

/**
 * Finds the name of a new node's container. The plain name is taken by the predecessor while a node is replaced: that
 * one works for the swarm and stays until Pulumi deletes it. A container that works for no swarm is what an
 * interrupted run left: adopted where it is just what is wanted, else removed.
 */
export async function placeFor(inputs: LocalNodeInputs, context: InSession): Promise<Place> {
  for (let number = 1; number <= MOST_CONTAINERS; number++) {
    const container = number === 1 ? inputs.name : `${inputs.name}.${number}`;
    const found = await inspectContainer(outerEngine(inputs.dockerHost, context), {
      id: container,
      name: container,
    });
    if (!found) return { container };
    // Nothing but our own machines is ever in our own network.
    const isInNetwork = found.HostConfig.NetworkMode === inputs.network;
    refuseForeign(`The container "${container}"`, found.Config.Labels, inputs.owner, context, isInNetwork);
    if (await worksForSwarm(found, inputs, context)) continue;
    if (found.Config.Labels?.[SPEC_LABEL] === specDigest(inputs)) return { container, adopted: found };
    await removeContainer(inputs, { id: found.Id, name: container }, context);
    return { container };
  }
  throw new Error(
    `${inputs.name} has ${MOST_CONTAINERS} containers that all work for a swarm (${inputs.name}, ${inputs.name}.2, …). ` +
      `Look at them with \`docker ps\`, remove those that \`${SWARM_COMMAND} docker node ls\` does not need.`,
  );
}

/**
 * Whether a container is a member of a swarm: its files are asked, as its engine may be stopped or unable to start.
 * Where the cluster's network is new to Pulumi as well, nothing of this cluster is in its state, so there is no
 * predecessor that it would delete: all that is there is taken over.
 */
async function worksForSwarm(
  found: ContainerInspect,
  inputs: LocalNodeInputs,
  context: InSession,
): Promise<boolean> {
  if (madeInThisRun(inputs.network, context)) return false;
  const container = { id: found.Id, name: found.Name };
  return hasFile(outerEngine(inputs.dockerHost, context), container, MEMBERSHIP);
}
