import { X509Certificate } from "node:crypto";
import type { Connection } from "../../schema/connection";
import type { Role } from "../../schema/swarm";
import { textOf } from "../../transport/archive";
import { SWARM_FOLDER } from "../../transport/machine-control";
import { TransportError } from "../../transport/transport";
import { machineControl } from "../../docker/controls";
import type { InSession } from "../../foundation/session";

/** Whose member a machine is, or was. */
export interface Membership {
  clusterId: string;
  nodeId: string;
  role: Role;
}

/**
 * What a machine's certificate says of it. It can be read while the engine is locked and answers nothing: the swarm is the
 * organisation, the node the common name, its role the unit (https://docs.docker.com/engine/swarm/how-swarm-mode-works/pki/). Nothing where
 * the engine keeps its data elsewhere.
 */
export async function certifiedMembership(
  connection: Connection,
  within: InSession,
): Promise<Membership | undefined> {
  const file = `${SWARM_FOLDER}/certificates/swarm-node.crt`;
  let certificate: string;
  try {
    certificate = await textOf(await machineControl(connection, within).read(file));
  } catch (error) {
    if (error instanceof TransportError && error.failure === "gone") return undefined;
    throw error;
  }
  const { subject } = new X509Certificate(certificate);
  const part = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(subject)?.[1] ?? "";
  const role = part("OU") === "swarm-manager" ? "manager" : "worker";
  return { clusterId: part("O"), nodeId: part("CN"), role };
}
