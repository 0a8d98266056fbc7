import type { DockerClient } from "../transport/docker-client";
import { outerEngine as engineOf } from "../transport/outer-engine";
import type { InSession } from "../foundation/session";

/**
 * The engine that runs the nodes of a local cluster, for the calls of this folder; asked like any other one.
 * @throws Error where its address cannot be used or a certificate not be read.
 */
export function outerEngine(dockerHost: string | undefined, { session }: InSession): DockerClient {
  return engineOf(dockerHost, session);
}
